using DuckDB.NET.Data;

namespace Muster.Warehouse.DuckDb;

/// <summary>A writer whose writes are statements of any kind, committed in groups.</summary>
/// <remarks>
/// A write that fails takes its whole group's transaction with it; the group is then done again one by one, so that
/// only the faulty write fails. Writes must therefore be repeatable until their commit.
/// </remarks>
public sealed class DuckDbWriter : IAsyncDisposable
{
    private readonly GroupWriter<Action<DuckDBConnection>> _writer;

    /// <summary>Starts the writer on a connection of its own.</summary>
    /// <param name="store">The store written to.</param>
    /// <param name="largestGroup">How many waiting writes one commit takes at most.</param>
    public DuckDbWriter(DuckDbStore store, int largestGroup = 256) =>
        _writer = new GroupWriter<Action<DuckDBConnection>>(store, new Statements(), largestGroup);

    /// <summary>Queues a write and completes after its commit, with what the write returned.</summary>
    /// <exception cref="WarehouseUnavailableException">The writer has stopped.</exception>
    public async Task<T> WriteAsync<T>(Func<DuckDBConnection, T> write, CancellationToken cancellationToken)
    {
        T result = default!;
        await _writer.WriteAsync(connection => result = write(connection), cancellationToken);
        return result;
    }

    /// <summary>Stops after what waits has been committed.</summary>
    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private sealed class Statements : IGroupWork<Action<DuckDBConnection>>
    {
        public void Prepare(DuckDBConnection connection)
        {
        }

        public int Weigh(Action<DuckDBConnection> write) => 1;

        public void Apply(DuckDBConnection connection, IReadOnlyList<Action<DuckDBConnection>> group)
        {
            foreach (var write in group)
            {
                write(connection);
            }
        }

        public void Committed()
        {
        }

        public void RolledBack()
        {
        }
    }
}
