namespace Muster.Sandbox.Limits;

/// <summary>Lets <paramref name="capacity"/> calls through at once and refills at a steady pace over <paramref name="window"/>.</summary>
internal sealed class TokenBucket(int capacity, TimeSpan window, TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private readonly double _perSecond = capacity / window.TotalSeconds;
    private double _tokens = capacity;
    private long _filledAt = timeProvider.GetTimestamp();

    /// <summary>Takes one call's token.</summary>
    /// <returns>Zero when there was one, else how long until there is.</returns>
    public TimeSpan Take()
    {
        lock (_gate)
        {
            var now = timeProvider.GetTimestamp();
            _tokens = Math.Min(capacity, _tokens + (timeProvider.GetElapsedTime(_filledAt, now).TotalSeconds * _perSecond));
            _filledAt = now;
            if (_tokens >= 1)
            {
                _tokens--;
                return TimeSpan.Zero;
            }

            return TimeSpan.FromSeconds((1 - _tokens) / _perSecond);
        }
    }
}
