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
    private int _inFlight;

    public ConnectionLane(int connectionId, IterableOptions options, TimeProvider clock, ILogger logger)
    {
        _clock = clock;
        _logger = logger;
        ConnectionId = connectionId;
        Updates = Pacer.Evenly(options.Rate, clock);
        Window = new CallWindow(Updates);
        Sizes = Pacer.PerMinute(options.ReadsPerMinute, clock);
        Contents = Pacer.PerMinute(options.ReadsPerMinute, clock);
        Circuit = new Circuit(options.RetryBaseDelay * 8, clock);
        Persistence = Calls.Persistence.OfRuns(this, options, clock, logger);
    }

    /// <summary>The connection.</summary>
    public int ConnectionId { get; }

    /// <summary>The pace of lists/subscribe and lists/unsubscribe, together.</summary>
    public Pacer Updates { get; }

    /// <summary>How many of those calls are worth having under way.</summary>
    public CallWindow Window { get; }

    /// <summary>How many of them wait for their answer.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

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

    /// <summary>A try goes out; gives the moment for <see cref="Answered"/>.</summary>
    public long Begin(CallRequest request)
    {
        Interlocked.Add(ref _inFlight, IsUpdate(request));
        return _clock.GetTimestamp();
    }

    /// <summary>The try that went out then was answered, or failed with a fault.</summary>
    public void Answered(CallRequest request, long sentAt, CallFault? fault)
    {
        var took = _clock.GetElapsedTime(sentAt);
        Telemetry.Tried(request, ConnectionId, took, fault);
        if (fault is null && IsUpdate(request) > 0)
        {
            Window.Note(took);
        }
    }

    /// <summary>The try is over, whatever became of it.</summary>
    public void End(CallRequest request) => Interlocked.Add(ref _inFlight, -IsUpdate(request));

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

    private static int IsUpdate(CallRequest request) => request.Subscribers is null ? 0 : 1;
}

/// <summary>The lanes of this process, one per connection.</summary>
internal sealed class ConnectionLanes : IDisposable
{
    private readonly ConcurrentDictionary<int, Lazy<ConnectionLane>> _lanes = new();
    private readonly Func<int, Lazy<ConnectionLane>> _make;
    private readonly LaneGauges _gauges;

    public ConnectionLanes(IterableOptions options, TimeProvider clock, ILogger<ConnectionLanes> logger)
    {
        _make = id => new Lazy<ConnectionLane>(() => new ConnectionLane(id, options, clock, logger));
        _gauges = new LaneGauges(() => _lanes.Values.Select(lane => lane.Value));
    }

    /// <summary>The lane of a connection.</summary>
    public ConnectionLane Of(int connectionId) =>
        _lanes.GetOrAdd(connectionId, _make).Value;

    /// <inheritdoc />
    public void Dispose()
    {
        _gauges.Dispose();
        foreach (var lane in _lanes.Values)
        {
            lane.Value.Dispose();
        }
    }
}
