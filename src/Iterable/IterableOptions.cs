namespace Muster.Iterable;

/// <summary>Where Iterable is and how hard it may be called.</summary>
public sealed record IterableOptions
{
    /// <summary>The API of the US data center.</summary>
    public Uri UsUrl { get; init; } = new("https://api.iterable.com");

    /// <summary>The API of the EU data center.</summary>
    public Uri EuUrl { get; init; } = new("https://api.eu.iterable.com");

    /// <summary>Subscribe and unsubscribe calls a second for each connection; 0: no limit.</summary>
    public double Rate { get; init; } = 5;
}
