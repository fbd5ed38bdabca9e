using Muster.Control.Forwarding;

namespace Muster.Mixpanel;

/// <summary>Where Mixpanel is, and how it is called.</summary>
public sealed record MixpanelOptions
{
    /// <summary>The ingestion API that all events go to; null: Mixpanel's own host of each project's data residency.</summary>
    public Uri? IngestUrl { get; init; }

    /// <summary>The wait after a first failure. Mixpanel documents 2 seconds, doubled up to 60, with 1 to 5 seconds of jitter; everything scales with this.</summary>
    public TimeSpan RetryBaseDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one call may take.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often an empty queue is looked at.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    internal Uri UrlOf(DataResidency residency) => IngestUrl ?? residency switch
    {
        DataResidency.Eu => new Uri("https://api-eu.mixpanel.com"),
        DataResidency.In => new Uri("https://api-in.mixpanel.com"),
        _ => new Uri("https://api.mixpanel.com"),
    };
}
