namespace Muster.Iterable.Pacing;

/// <summary>Lets calls go one after another, evenly and never more than so many within a window of time.</summary>
/// <remarks>
/// Slots lie on a schedule of their own: a call that goes late, because a timer fired late, does not push the later
/// ones back, so the rate is reached exactly. Calls go in the order in which they asked, whoever asks, so the syncs of
/// a connection share it fairly. A call that is cancelled while it waits leaves no gap. A window is counted from when a
/// call was on its way (<see cref="Left"/>), because a new connection takes its time: the first call of a run would else
/// arrive among those of the next second.
/// </remarks>
internal sealed class Pacer : IDisposable
{
    // A slowed pacer still tries now and then, or it would never learn that it may go faster.
    private const double SlowestRate = 0.2;

    // How long it takes from a standstill back to the full rate.
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(60);

    // Near the rate that was too high last it goes on at a quarter of that speed: where Iterable allows less than the
    // setting, most of the time is so spent just below what it allows, and few calls are refused.
    private const double Near = 0.85;
    private const int Caution = 4;

    // A limit is counted over a second or so: after this long at the earliest there is room again.
    private static readonly TimeSpan DefaultPause = TimeSpan.FromSeconds(1);

    // One refusal after a time without any says little: windows are measured where calls arrive, and one call was slower
    // on its way than another. Another one soon after says that the rate is too high.
    private const double AfterOne = 0.9;
    private const double AfterAnother = 0.5;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    // Windows are measured where calls arrive, and some travel faster than others.
    private const double Margin = 0.99;

    // More than one by what calls may be faster or slower on their way, so that a window holds one call less rather than
    // one more; no more than what the margin leaves, so that the schedule is kept.
    private static readonly TimeSpan Second = TimeSpan.FromMilliseconds(1010);

    private readonly TimeProvider _clock;
    private readonly long _origin;
    private readonly double _fullRate;
    private readonly int _perWindow;
    private readonly TimeSpan _window;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _lock = new();
    private readonly Queue<Departure> _released = new();
    private TimeSpan _lastSlot = TimeSpan.MinValue;
    private TimeSpan _pausedUntil = TimeSpan.MinValue;
    private TimeSpan _slowedAt = TimeSpan.MinValue;
    private TimeSpan _recoversFrom;
    private double _slowedTo;
    private double _tooHigh = double.PositiveInfinity;

    private Pacer(TimeProvider clock, double fullRate, int perWindow, TimeSpan window)
    {
        _clock = clock;
        _origin = clock.GetTimestamp();
        _fullRate = fullRate;
        _slowedTo = fullRate;
        _perWindow = perWindow;
        _window = window;
    }

    /// <summary>Evenly spaced calls, at most <paramref name="rate"/> a second; 0: as fast as they come.</summary>
    public static Pacer Evenly(double rate, TimeProvider clock) => rate > 0
        ? new Pacer(clock, rate * Margin, (int)Math.Max(1, Math.Ceiling(rate)), Second)
        : new Pacer(clock, double.PositiveInfinity, int.MaxValue, TimeSpan.Zero);

    /// <summary>Calls at once as long as there are at most <paramref name="calls"/> within any minute; 0: as fast as they come.</summary>
    public static Pacer PerMinute(int calls, TimeProvider clock) =>
        new(clock, double.PositiveInfinity, calls > 0 ? calls : int.MaxValue, TimeSpan.FromSeconds(60 / Margin));

    /// <summary>Calls a second that go at present.</summary>
    public double Rate
    {
        get
        {
            lock (_lock)
            {
                return RateAt(Now);
            }
        }
    }

    private TimeSpan Now => _clock.GetElapsedTime(_origin);

    /// <summary>Waits for the next free slot; gives the call's departure, for <see cref="Left"/> and <see cref="SlowDown"/>.</summary>
    public async ValueTask<Departure> TakeAsync(CancellationToken cancellationToken)
    {
        var asked = Now;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // More than once when the wait was cut short by the timer's grain or the slot moved while it was waited for.
            Departure? departure;
            while ((departure = TryTake(asked, out var wait)) is null)
            {
                await Task.Delay(wait, _clock, cancellationToken);
            }

            return departure;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The call has a connection and goes out now. One of which this is not said counts from its release.</summary>
    public void Left(Departure departure)
    {
        lock (_lock)
        {
            departure.LeftAt = Now;
        }
    }

    /// <summary>A call was told that it came too early, or was asked to wait.</summary>
    /// <param name="departure">The call. Those that were released before the last slowing say nothing about the rate since.</param>
    /// <param name="pause">How long nothing should go at all; null: that was not said.</param>
    /// <param name="tooFast">Whether the rate was too high.</param>
    public void SlowDown(Departure departure, TimeSpan? pause, bool tooFast)
    {
        lock (_lock)
        {
            var now = Now;
            _pausedUntil = Later(_pausedUntil, now + (pause ?? DefaultPause));
            if (tooFast && double.IsFinite(_fullRate) && departure.ReleasedAt > _slowedAt)
            {
                var again = _slowedAt > TimeSpan.MinValue && now - _recoversFrom < Soon;
                var rate = RateAt(now);
                _tooHigh = again ? rate : double.PositiveInfinity;
                _slowedTo = Math.Max(Math.Min(SlowestRate, _fullRate), rate * (again ? AfterAnother : AfterOne));
                _slowedAt = now;
                _recoversFrom = _pausedUntil;
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _turn.Dispose();

    /// <summary>Takes the next slot if it is there; else null, with how long to wait before asking again.</summary>
    private Departure? TryTake(TimeSpan asked, out TimeSpan wait)
    {
        lock (_lock)
        {
            var now = Now;
            wait = TimeSpan.Zero;
            var slot = Later(asked, _pausedUntil);
            if (_lastSlot > TimeSpan.MinValue && double.IsFinite(_fullRate))
            {
                slot = Later(slot, _lastSlot + TimeSpan.FromSeconds(1 / RateAt(now)));
            }

            // The schedule alone would let one call too many into a window that began with a late one.
            var free = _released.Count >= _perWindow ? Later(slot, _released.Peek().LeftAt + _window) : slot;
            if (free > now)
            {
                // Whole milliseconds, upwards: that is the grain of timers.
                wait = TimeSpan.FromMilliseconds(Math.Ceiling((free - now).TotalMilliseconds));
                return null;
            }

            _lastSlot = slot;
            var departure = new Departure(now);
            if (_perWindow < int.MaxValue)
            {
                if (_released.Count >= _perWindow)
                {
                    _released.Dequeue();
                }

                _released.Enqueue(departure);
            }

            return departure;
        }
    }

    // Back to the full rate by equal steps in equal times, counted from the end of the pause.
    private double RateAt(TimeSpan now)
    {
        if (_slowedAt == TimeSpan.MinValue)
        {
            return _fullRate;
        }

        var since = now - _recoversFrom;
        if (since <= TimeSpan.Zero)
        {
            return _slowedTo;
        }

        var near = Math.Max(_slowedTo, _tooHigh * Near);
        var rate = _slowedTo + (_fullRate * (since / Recovery));
        return Math.Min(_fullRate, rate <= near ? rate : near + ((rate - near) / Caution));
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    /// <summary>One call that was let go.</summary>
    internal sealed class Departure(TimeSpan releasedAt)
    {
        /// <summary>When it could go.</summary>
        public TimeSpan ReleasedAt { get; } = releasedAt;

        /// <summary>When it went, as far as that is known.</summary>
        public TimeSpan LeftAt { get; set; } = releasedAt;
    }
}
