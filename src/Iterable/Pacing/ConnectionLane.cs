using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Muster.Iterable.Calls;
using Polly;

namespace Muster.Iterable.Pacing;

/// <summary>What all open destinations of one connection share: its rates, its circuit, and the lists it just made.</summary>
internal sealed class ConnectionLane : IDisposable
{
    // For about this long after its making a list may be unknown to other calls.
    private static readonly TimeSpan Youth = TimeSpan.FromSeconds(60);

    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<long, long> _made = new();

    public ConnectionLane(int connectionId, IterableOptions options, TimeProvider clock, ILogger logger)
    {
        _clock = clock;
        _logger = logger;
        ConnectionId = connectionId;
        Updates = Pacer.Evenly(options.Rate, clock);
        Sizes = Pacer.PerMinute(options.ReadsPerMinute, clock);
        Contents = Pacer.PerMinute(options.ReadsPerMinute, clock);
        Circuit = new Circuit(options.RetryBaseDelay * 8, clock);
        Persistence = Calls.Persistence.OfRuns(this, options, clock, logger);
    }

    /// <summary>The connection.</summary>
    public int ConnectionId { get; }

    /// <summary>The pace of lists/subscribe and lists/unsubscribe, together.</summary>
    public Pacer Updates { get; }

    /// <summary>The pace of lists/{id}/size.</summary>
    public Pacer Sizes { get; }

    /// <summary>The pace of lists/getUsers.</summary>
    public Pacer Contents { get; }

    /// <summary>Whether Iterable is worth calling.</summary>
    public Circuit Circuit { get; }

    /// <summary>How often and for how long a call is tried.</summary>
    public ResiliencePipeline Persistence { get; }

    /// <summary>Tells the circuit how a call ended.</summary>
    public void Note(CallFault? fault)
    {
        if (fault?.Kind is FaultKind.Unavailable or FaultKind.UnreadableAnswer)
        {
            if (Circuit.Fail())
            {
                Log.CircuitOpened(_logger, ConnectionId);
            }
        }
        else if (Circuit.Close())
        {
            Log.CircuitClosed(_logger, ConnectionId);
        }
    }

    /// <summary>Remembers that a list was made now.</summary>
    public void Made(long listId)
    {
        foreach (var (old, at) in _made)
        {
            if (_clock.GetElapsedTime(at) > Youth)
            {
                _made.TryRemove(old, out _);
            }
        }

        _made[listId] = _clock.GetTimestamp();
    }

    /// <summary>Forgets a list that was deleted.</summary>
    public void Unmade(long listId) => _made.TryRemove(listId, out _);

    /// <summary>Whether a list was made so lately that it may not be known everywhere yet.</summary>
    public bool IsYoung(long listId) => _made.TryGetValue(listId, out var at) && _clock.GetElapsedTime(at) <= Youth;

    /// <inheritdoc />
    public void Dispose()
    {
        Updates.Dispose();
        Sizes.Dispose();
        Contents.Dispose();
    }
}

/// <summary>The lanes of this process, one per connection.</summary>
internal sealed class ConnectionLanes(IterableOptions options, TimeProvider clock, ILogger<ConnectionLanes> logger) : IDisposable
{
    private readonly ConcurrentDictionary<int, Lazy<ConnectionLane>> _lanes = new();

    /// <summary>The lane of a connection.</summary>
    public ConnectionLane Of(int connectionId) =>
        _lanes.GetOrAdd(connectionId, id => new Lazy<ConnectionLane>(() => new ConnectionLane(id, options, clock, logger))).Value;

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var lane in _lanes.Values)
        {
            lane.Value.Dispose();
        }
    }
}
