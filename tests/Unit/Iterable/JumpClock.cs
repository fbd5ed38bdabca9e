namespace Muster.Tests.Unit.Iterable;

/// <summary>A clock on which waiting takes no time: whoever waits finds the time passed. Time limits strike when the time passes them.</summary>
internal sealed class JumpClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<TimeLimit> _limits = [];
    private DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>How late a timer fires; none by default.</summary>
    public Func<TimeSpan> Lateness { get; init; } = () => TimeSpan.Zero;

    /// <summary>The waits so far.</summary>
    public List<TimeSpan> Waits { get; } = [];

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (state is CancellationTokenSource)
        {
            var limit = new TimeLimit(this, () => callback(state));
            limit.Change(dueTime, period);
            return limit;
        }

        lock (_lock)
        {
            Waits.Add(dueTime);
        }

        Advance(dueTime + Lateness());
        callback(state);
        return new TimeLimit(this, () => { });
    }

    /// <summary>Does something when the time is come; now, when it is.</summary>
    public void At(DateTimeOffset at, Action act)
    {
        var limit = new TimeLimit(this, act);
        limit.Change(at - GetUtcNow(), Timeout.InfiniteTimeSpan);
        Advance(TimeSpan.Zero);
    }

    /// <summary>Lets time pass, or turns it back; what strikes on the way finds its own time.</summary>
    public void Advance(TimeSpan time)
    {
        DateTimeOffset until;
        lock (_lock)
        {
            until = _now + time;
        }

        while (true)
        {
            TimeLimit? next;
            lock (_lock)
            {
                next = _limits.Where(limit => limit.At <= until).MinBy(limit => limit.At);
                if (next is null)
                {
                    _now = time < TimeSpan.Zero || until > _now ? until : _now;
                    return;
                }

                _limits.Remove(next);
                _now = next.At > _now ? next.At : _now;
            }

            next.Strike();
        }
    }

    private sealed class TimeLimit(JumpClock clock, Action strike) : ITimer
    {
        public DateTimeOffset At { get; private set; }

        public Action Strike { get; } = strike;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._limits.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    At = clock._now + dueTime;
                    clock._limits.Add(this);
                }
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
