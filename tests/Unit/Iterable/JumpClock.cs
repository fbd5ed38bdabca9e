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

    public void Advance(TimeSpan time)
    {
        List<TimeLimit> struck;
        lock (_lock)
        {
            _now += time;
            struck = [.. _limits.Where(limit => limit.At <= _now)];
            struck.ForEach(limit => _limits.Remove(limit));
        }

        struck.ForEach(limit => limit.Strike());
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
