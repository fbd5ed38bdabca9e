using Muster.Control;

namespace Muster.Iterable;

/// <summary>Where Iterable is, how hard it may be called, and how long trouble is waited out.</summary>
public sealed record IterableOptions
{
    /// <summary>The API of the US data center.</summary>
    public Uri UsUrl { get; init; } = new("https://api.iterable.com");

    /// <summary>The API of the EU data center.</summary>
    public Uri EuUrl { get; init; } = new("https://api.eu.iterable.com");

    /// <summary>Subscribe and unsubscribe calls a second for each connection; 0: no limit.</summary>
    public double Rate { get; init; } = 5;

    /// <summary>Calls for a list's size, and as many for its content, a minute for each connection. Iterable documents 5 of each; 0: no limit.</summary>
    public int ReadsPerMinute { get; init; } = 5;

    /// <summary>
    /// The wait before the second try of a call; each later wait is twice as long, so that the five tries of the
    /// default take 60 seconds. Other waits scale with it: the circuit rests for eight of these, and a list just made
    /// is looked for again after an eighth.
    /// </summary>
    public TimeSpan RetryBaseDelay { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long one try may take; reading a whole list takes as long as lines keep coming.</summary>
    public TimeSpan TryTimeout { get; init; } = TimeSpan.FromSeconds(30);

    internal Uri UrlOf(DataCenter dataCenter) => dataCenter == DataCenter.Us ? UsUrl : EuUrl;
}
