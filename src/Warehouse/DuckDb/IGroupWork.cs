using DuckDB.NET.Data;

namespace Muster.Warehouse.DuckDb;

/// <summary>How a group of waiting writes becomes one transaction. All calls come from the writer's one thread.</summary>
/// <typeparam name="TWrite">One write.</typeparam>
internal interface IGroupWork<TWrite>
{
    /// <summary>Reads what the work keeps in memory; called before the first group, and again when it failed.</summary>
    void Prepare(DuckDBConnection connection);

    /// <summary>How much of a group's room a write takes.</summary>
    int Weigh(TWrite write);

    /// <summary>Does the writes, in order, inside a transaction that the writer commits. May be called again for the same writes.</summary>
    void Apply(DuckDBConnection connection, IReadOnlyList<TWrite> group);

    /// <summary>The transaction of the last <see cref="Apply"/> is durable.</summary>
    void Committed();

    /// <summary>Nothing of the last <see cref="Apply"/> was kept: forget what it would have changed.</summary>
    void RolledBack();
}
