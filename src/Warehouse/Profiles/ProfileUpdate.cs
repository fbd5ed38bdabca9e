namespace Muster.Warehouse.Profiles;

/// <summary>Changes to one profile, applied together or not at all.</summary>
public sealed record ProfileUpdate
{
    /// <summary>The project it belongs to.</summary>
    public required int ProjectId { get; init; }

    /// <summary>Whose profile; not empty.</summary>
    public required string DistinctId { get; init; }

    /// <summary>The changes, in the order in which they apply.</summary>
    public required IReadOnlyList<ProfileOperation> Operations { get; init; }

    /// <summary>Whether a deletion is meant for a profile stored under this very id, and not for that of the person it was merged into.</summary>
    public bool IgnoreAlias { get; init; }

    /// <summary>What <c>$last_seen</c> becomes, UTC; null leaves it alone. A <c>$last_seen</c> among the operations wins.</summary>
    public DateTime? LastSeen { get; init; }
}

/// <summary>What became of one update.</summary>
public enum ProfileOutcome
{
    /// <summary>It was applied, or there was nothing to apply it to.</summary>
    Applied,

    /// <summary>It was not applied: the profile would have more than <see cref="ProfileDocument.MaxProperties"/> properties.</summary>
    TooManyProperties,

    /// <summary>It was not applied: it adds to a property that is no number, or the sum is beyond what a number can be.</summary>
    NotANumber,
}
