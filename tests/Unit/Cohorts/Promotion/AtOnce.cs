using DuckDB.NET.Data;
using Muster.Warehouse.DuckDb;

namespace Muster.Tests.Unit.Cohorts.Promotion;

/// <summary>Does what the store's writer would do between writes, at once: nobody else writes.</summary>
internal sealed class AtOnce(DuckDBConnection connection) : IBetweenWrites
{
    public Task RunAsync(Action<DuckDBConnection> statements, CancellationToken cancellationToken)
    {
        using var transaction = connection.BeginTransaction();
        statements(connection);
        transaction.Commit();
        return Task.CompletedTask;
    }
}
