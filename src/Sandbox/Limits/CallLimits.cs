using System.Collections.Concurrent;

namespace Muster.Sandbox.Limits;

/// <summary>What an endpoint's calls are counted against.</summary>
/// <param name="Name">Calls with the same name share one bucket.</param>
/// <param name="PerSecond">Calls a second; null where the sandbox's options decide.</param>
internal sealed record CallLimit(string Name, int? PerSecond)
{
    /// <summary>Subscribe and unsubscribe together, per key, at <see cref="SandboxOptions.Rate"/>.</summary>
    public static CallLimit Membership { get; } = new("membership", null);

    /// <summary>The slow list reads, each on its own, at <see cref="SandboxOptions.ReadsPerMinute"/>.</summary>
    public static CallLimit SlowRead(string name) => new(name, null);

    public static CallLimit Seconds(string name, int perSecond) => new(name, perSecond);
}

/// <summary>Iterable's limits: a token bucket per limit, and per key where Iterable counts by key.</summary>
internal sealed class CallLimits(TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<(string Name, string Key), TokenBucket> _buckets = [];

    /// <returns>Zero when the call may go on, else how long to wait.</returns>
    public TimeSpan Take(CallLimit limit, string key, SandboxOptions options)
    {
        if (limit == CallLimit.Membership)
        {
            return options.Rate == 0 ? TimeSpan.Zero : Bucket(limit.Name, key, options.Rate).Take();
        }

        if (limit.PerSecond is { } perSecond)
        {
            return options.Rate == 0 ? TimeSpan.Zero : Bucket(limit.Name, string.Empty, perSecond).Take();
        }

        return options.ReadsPerMinute == 0
            ? TimeSpan.Zero
            : _buckets.GetOrAdd((limit.Name, string.Empty), _ => new TokenBucket(options.ReadsPerMinute, TimeSpan.FromMinutes(1), timeProvider)).Take();
    }

    /// <summary>Starts every count anew, as after a change of the limits.</summary>
    public void Reset() => _buckets.Clear();

    // A rate below one a second is one call in a longer window.
    private TokenBucket Bucket(string name, string key, double perSecond) =>
        _buckets.GetOrAdd((name, key), _ => perSecond >= 1
            ? new TokenBucket((int)perSecond, TimeSpan.FromSeconds((int)perSecond / perSecond), timeProvider)
            : new TokenBucket(1, TimeSpan.FromSeconds(1 / perSecond), timeProvider));
}
