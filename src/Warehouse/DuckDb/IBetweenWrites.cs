using DuckDB.NET.Data;

namespace Muster.Warehouse.DuckDb;

/// <summary>Changes to the tables of people and events, done by their one writer between other writes, so that nothing conflicts.</summary>
public interface IBetweenWrites
{
    /// <summary>Runs statements within the transaction of the next group. They hold up whoever writes: they must be short, and may run again when the group fails.</summary>
    Task RunAsync(Action<DuckDBConnection> statements, CancellationToken cancellationToken);
}
