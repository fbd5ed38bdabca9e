namespace Muster.Cohorts.Promotion;

/// <summary>A property that has, or had, a column of its own.</summary>
internal sealed record PromotedProperty
{
    /// <summary>Counts all promotions of the store.</summary>
    public required int Number { get; init; }

    public required PropertyKey Key { get; init; }

    /// <summary>Why it was promoted.</summary>
    public required string Reason { get; init; }

    public required DateTimeOffset PromotedAt { get; init; }

    /// <summary>When the rows from before had been filled, from when on it is read; null: not yet.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>The length of all its values when it was complete; the file compresses them.</summary>
    public long? Bytes { get; init; }

    /// <summary>When it was taken back; null: it is in use.</summary>
    public DateTimeOffset? DemotedAt { get; init; }

    /// <summary>When its column was dropped.</summary>
    public DateTimeOffset? DroppedAt { get; init; }

    /// <summary>Its column.</summary>
    public string Column => FormattableString.Invariant($"promoted_{Number}");

    /// <summary>The table that has it.</summary>
    public string Table => TableOf(Key.Owner);

    /// <summary>The table of an owner's rows.</summary>
    public static string TableOf(PropertyOwner owner) => owner == PropertyOwner.Event ? "event" : "profile";
}
