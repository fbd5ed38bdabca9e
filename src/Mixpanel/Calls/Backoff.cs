namespace Muster.Mixpanel.Calls;

/// <summary>When Mixpanel may be called again after it failed: what one call learns holds for all of a connection.</summary>
internal sealed class Backoff(TimeSpan baseDelay, TimeProvider clock)
{
    private const int MostDoublings = 5;

    /// <summary>No Retry-After is waited for longer than this: Mixpanel's limits are of a minute.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private int _failures;
    private DateTimeOffset _until;

    /// <summary>When it is called again; null: it is being called.</summary>
    public DateTimeOffset? Until
    {
        get
        {
            lock (_gate)
            {
                return _until > clock.GetUtcNow() ? _until : null;
            }
        }
    }

    /// <summary>Returns when it may be called.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (Until - clock.GetUtcNow() is { Ticks: > 0 } rest)
        {
            await Task.Delay(rest, clock, cancellationToken);
        }
    }

    /// <summary>It answered.</summary>
    public void Answered()
    {
        lock (_gate)
        {
            _failures = 0;
        }
    }

    /// <summary>It failed, or asked to wait; gives how often in a row, and the wait.</summary>
    public (int Failures, TimeSpan Delay) Failed(TimeSpan? atLeast)
    {
        lock (_gate)
        {
            // Calls that were on their way when the first of them failed are the same failure.
            if (_until <= clock.GetUtcNow())
            {
                _failures++;
            }

            // 2 s, doubled up to 60, and 1 to 5 s more, as Mixpanel asks for.
            var doubled = baseDelay * Math.Min(1 << Math.Clamp(_failures - 1, 0, MostDoublings), 30);
            var delay = doubled + (baseDelay * (0.5 + (2 * Random.Shared.NextDouble())));
            delay = atLeast > delay ? (atLeast > Bound ? Bound : atLeast.Value) : delay;
            var until = clock.GetUtcNow() + delay;
            _until = until > _until ? until : _until;
            return (_failures, delay);
        }
    }
}
