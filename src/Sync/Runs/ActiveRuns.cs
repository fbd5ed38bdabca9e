using System.Collections.Concurrent;

namespace Muster.Syncs.Runs;

/// <summary>The runs that go on in this process, so that a person can stop one.</summary>
public sealed class ActiveRuns
{
    private readonly ConcurrentDictionary<int, Entry> _bySync = new();

    /// <summary>Registers a sync's run until the result is disposed. Its token is canceled by <see cref="Cancel"/> and by <paramref name="stopping"/>.</summary>
    public Entry Enter(int syncId, CancellationToken stopping)
    {
        var entry = new Entry(() => _bySync.TryRemove(syncId, out _), stopping);
        _bySync[syncId] = entry;
        return entry;
    }

    /// <summary>Tells the sync's run, if one goes on here, to stop.</summary>
    public void Cancel(int syncId)
    {
        if (_bySync.TryGetValue(syncId, out var entry))
        {
            entry.Cancel();
        }
    }

    /// <summary>One run that goes on.</summary>
    public sealed class Entry : IDisposable
    {
        private readonly CancellationTokenSource _source;
        private readonly Action _leave;

        internal Entry(Action leave, CancellationToken stopping)
        {
            _source = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            _leave = leave;
        }

        /// <summary>Canceled when the run is to stop.</summary>
        public CancellationToken Token => _source.Token;

        /// <inheritdoc />
        public void Dispose()
        {
            _leave();
            _source.Dispose();
        }

        internal void Cancel() => _source.Cancel();
    }
}
