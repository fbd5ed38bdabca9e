namespace Muster.Usage.Mtu;

/// <summary>The monthly tracked users of one month.</summary>
internal sealed record MonthUsage
{
    /// <summary>As <c>2026-11</c>, in the project's time zone.</summary>
    public required string Month { get; init; }

    /// <summary>The monthly tracked users.</summary>
    public required long Mtu { get; init; }

    /// <summary>People with at least one qualifying event.</summary>
    public required long Users { get; init; }

    /// <summary>Qualifying events.</summary>
    public required long QualifyingEvents { get; init; }

    /// <summary>Exempt events.</summary>
    public required long ExemptEvents { get; init; }

    /// <summary>People with exempt events and no qualifying one.</summary>
    public required long ExemptUsersSaved { get; init; }

    /// <summary>Whether the number of events decided, not that of people.</summary>
    public required bool Guardrail { get; init; }

    /// <summary>Whether the number that the project is to be warned at is reached; null: it has none.</summary>
    public bool? AlertReached { get; init; }

    /// <summary>What each event contributes, most people first.</summary>
    public required IReadOnlyList<EventUsage> ByEvent { get; init; }
}

/// <summary>What one event contributes.</summary>
/// <param name="Event">Its name.</param>
/// <param name="Source">Its <c>$source</c>; null: none.</param>
/// <param name="Users">How many people did it.</param>
/// <param name="Events">How often.</param>
/// <param name="Qualifying">Whether it makes them tracked users.</param>
internal sealed record EventUsage(string Event, string? Source, long Users, long Events, bool Qualifying);
