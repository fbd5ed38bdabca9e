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
internal sealed class GroupWriter<TWrite> : IAsyncDisposable
{
    /// <summary>Writes that may wait; beyond, callers wait too, which bounds memory under load.</summary>
    private const int Capacity = 1024;

    /// <summary>How long a group waits for as many writes as the last one had: those who were answered together send again together, and a commit costs the same for few as for many.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(2);

    private readonly ManualResetEventSlim _enough = new(initialState: false, spinCount: 0);
    private readonly DuckDbStore _store;
    private readonly DuckDBConnection _connection;
    private readonly IGroupWork<TWrite> _work;
    private readonly int _largestGroup;
    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _prepared;
    private int _expected = int.MaxValue;

    /// <summary>Starts the writer on a connection and a thread of its own.</summary>
    /// <param name="store">The store written to.</param>
    /// <param name="work">What a group does.</param>
    /// <param name="largestGroup">The weight at which a group takes no further write.</param>
    public GroupWriter(DuckDbStore store, IGroupWork<TWrite> work, int largestGroup)
    {
        _store = store;
        _connection = store.Open();
        _work = work;
        _largestGroup = largestGroup;

        // Commits block for milliseconds: on a pool thread of a small machine they would hold up requests.
        new Thread(Run) { IsBackground = true, Name = $"writer of {typeof(TWrite).Name}" }.Start();
    }

    /// <summary>Queues a write and completes after its commit.</summary>
    /// <exception cref="WarehouseUnavailableException">The writer has stopped.</exception>
    public async Task WriteAsync(TWrite write, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(write);
        try
        {
            await _queue.Writer.WriteAsync(waiting, cancellationToken);
        }
        catch (ChannelClosedException e)
        {
            throw new WarehouseUnavailableException("The store is closing; send this again in a moment.", e);
        }

        if (_queue.Reader.Count >= Volatile.Read(ref _expected))
        {
            _enough.Set();
        }

        // Once queued a write is not cancelled: its outcome must be known.
        await waiting.Done.Task;
    }

    /// <summary>Stops after what waits has been committed.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _ended.Task;
        await _connection.DisposeAsync();
        _enough.Dispose();
    }

    private void Run()
    {
        TryPrepare();
        var group = new List<Waiting>();

        // The thread has nothing else to do than to wait here.
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            Gather(group.Count);
            group.Clear();
            for (var weight = 0; weight < _largestGroup && _queue.Reader.TryRead(out var waiting); weight += _work.Weigh(waiting.Write))
            {
                group.Add(waiting);
            }

            Commit(group);
            _store.NoteCommit();
        }

        _ended.SetResult();
    }

    // One that writes alone waits for nobody.
    private void Gather(int expected)
    {
        if (expected <= 1)
        {
            return;
        }

        _enough.Reset();
        Volatile.Write(ref _expected, expected);
        if (_queue.Reader.Count < expected)
        {
            _enough.Wait(Patience);
        }

        Volatile.Write(ref _expected, int.MaxValue);
    }

    private void Commit(List<Waiting> group)
    {
        var fault = TryPrepare() ?? TryCommit(group);
        if (fault is null)
        {
            group.ForEach(waiting => waiting.Done.SetResult());
        }
        else if (group.Count == 1)
        {
            group[0].Done.SetException(fault);
        }
        else
        {
            foreach (var waiting in group)
            {
                Commit([waiting]);
            }
        }
    }

#pragma warning disable CA1031 // The fault belongs to whoever waits for the write; it is handed over, not swallowed.
    private Exception? TryPrepare()
    {
        if (_prepared)
        {
            return null;
        }

        try
        {
            _work.Prepare(_connection);
            _prepared = true;
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private Exception? TryCommit(List<Waiting> group)
    {
        try
        {
            using var transaction = _connection.BeginTransaction();
            _work.Apply(_connection, group.ConvertAll(waiting => waiting.Write));
            transaction.Commit();
        }
        catch (Exception e)
        {
            _work.RolledBack();
            return e;
        }

        _work.Committed();
        return null;
    }
#pragma warning restore CA1031

    private sealed record Waiting(TWrite Write)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
