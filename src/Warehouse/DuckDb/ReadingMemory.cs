namespace Muster.Warehouse.DuckDb;

/// <summary>
/// Memory for questions about all people and events: lent while they are asked and some minutes more, so that the next
/// one finds in memory what the last one read. Without questions nothing is lent.
/// </summary>
public sealed class ReadingMemory : IDisposable
{
    // The columns that questions read are about half of the file; ids of events and the like are the rest.
    private const int ShareOfFile = 2;
    private const int ShareOfMachine = 8;
    private static readonly TimeSpan Lingers = TimeSpan.FromMinutes(5);

    private readonly DuckDbStore _store;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly long _most;
    private IDisposable? _loan;
    private long _lent;
    private int _asking;

    /// <summary>Lends nothing yet.</summary>
    public ReadingMemory(DuckDbStore store, TimeProvider clock)
        : this(store, clock, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / ShareOfMachine >> 20)
    {
    }

    internal ReadingMemory(DuckDbStore store, TimeProvider clock, long mostMebibytes)
    {
        _store = store;
        _most = mostMebibytes;
        _timer = clock.CreateTimer(_ => GiveBack(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How much is lent now, in MiB.</summary>
    public long Lent
    {
        get
        {
            lock (_gate)
            {
                return _lent;
            }
        }
    }

    /// <summary>Lends what a question may need until some minutes after what is returned is disposed.</summary>
    public IDisposable Ask()
    {
        lock (_gate)
        {
            _asking++;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            var wanted = Math.Min(new FileInfo(_store.FilePath).Length / ShareOfFile >> 20, _most);
            if (wanted > _lent)
            {
                // The new one first: the limit does not go down in between.
                var former = _loan;
                _loan = _store.LendMemory(wanted);
                _lent = wanted;
                former?.Dispose();
            }
        }

        return new Question(this);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _timer.Dispose();
        GiveBack();
    }

    private void Answered()
    {
        lock (_gate)
        {
            if (--_asking == 0)
            {
                _timer.Change(Lingers, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void GiveBack()
    {
        lock (_gate)
        {
            if (_asking == 0)
            {
                _loan?.Dispose();
                _loan = null;
                _lent = 0;
            }
        }
    }

    private sealed class Question(ReadingMemory memory) : IDisposable
    {
        private ReadingMemory? _memory = memory;

        public void Dispose() => Interlocked.Exchange(ref _memory, null)?.Answered();
    }
}
