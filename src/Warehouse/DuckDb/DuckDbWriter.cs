using System.Threading.Channels;
using DuckDB.NET.Data;

namespace Muster.Warehouse.DuckDb;

/// <summary>
/// The one writer of a kind of rows: commits what waits as one group, so that many small writes share a commit
/// (1,000 commits a second at best, however few rows each has), and answers each only after the commit.
/// </summary>
/// <remarks>
/// A write that fails takes its whole group's transaction with it; the group is then done again one by one, so that
/// only the faulty write fails. Writes must therefore be repeatable until their commit.
/// </remarks>
public sealed class DuckDbWriter : IAsyncDisposable
{
    /// <summary>Writes that may wait; beyond, callers wait too, which bounds memory under load.</summary>
    private const int Capacity = 1024;

    private readonly DuckDBConnection _connection;
    private readonly int _largestGroup;
    private readonly Channel<Write> _waiting = Channel.CreateBounded<Write>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly Task _loop;

    /// <summary>Starts the writer on a connection of its own.</summary>
    /// <param name="store">The store written to.</param>
    /// <param name="largestGroup">How many waiting writes one commit takes at most.</param>
    public DuckDbWriter(DuckDbStore store, int largestGroup = 256)
    {
        _connection = store.Open();
        _largestGroup = largestGroup;
        _loop = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }

    /// <summary>Queues a write and completes after its commit, with what the write returned.</summary>
    /// <exception cref="WarehouseUnavailableException">The writer has stopped.</exception>
    public async Task<T> WriteAsync<T>(Func<DuckDBConnection, T> write, CancellationToken cancellationToken)
    {
        T result = default!;
        var item = new Write(connection => result = write(connection));
        try
        {
            await _waiting.Writer.WriteAsync(item, cancellationToken);
        }
        catch (ChannelClosedException e)
        {
            throw new WarehouseUnavailableException("The store is closing; send this again in a moment.", e);
        }

        // Once queued a write is not cancelled: its outcome must be known.
        await item.Done.Task;
        return result;
    }

    /// <summary>Stops after what waits has been committed.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _loop;
        await _connection.DisposeAsync();
    }

    private async Task RunAsync()
    {
        var group = new List<Write>(_largestGroup);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < _largestGroup && _waiting.Reader.TryRead(out var write))
            {
                group.Add(write);
            }

            Commit(group);
        }
    }

    private void Commit(List<Write> group)
    {
        var fault = TryCommit(group);
        if (fault is null)
        {
            group.ForEach(write => write.Done.SetResult());
        }
        else if (group.Count == 1)
        {
            group[0].Done.SetException(fault);
        }
        else
        {
            foreach (var write in group)
            {
                Commit([write]);
            }
        }
    }

    private Exception? TryCommit(List<Write> group)
    {
        try
        {
            using var transaction = _connection.BeginTransaction();
            foreach (var write in group)
            {
                write.Apply(_connection);
            }

            transaction.Commit();
            return null;
        }
#pragma warning disable CA1031 // The fault belongs to whoever waits for the write; it is handed over, not swallowed.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return e;
        }
    }

    private sealed record Write(Action<DuckDBConnection> Apply)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
