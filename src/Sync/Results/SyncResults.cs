namespace Muster.Syncs.Results;

/// <summary>What the people on a sync's list received and did.</summary>
internal sealed record SyncResults
{
    /// <summary>The sync.</summary>
    public required int SyncId { get; init; }

    /// <summary>The first day, in the project's time zone.</summary>
    public required DateOnly From { get; init; }

    /// <summary>The last day.</summary>
    public required DateOnly To { get; init; }

    /// <summary>How many people are or were on the list, as far back as the ledger goes.</summary>
    public required long Members { get; init; }

    /// <summary>All days and campaigns together.</summary>
    public required ResultCounts Totals { get; init; }

    /// <summary>One for each campaign and day on which something happened.</summary>
    public required IReadOnlyList<ResultRow> Items { get; init; }
}

/// <summary>One campaign on one day.</summary>
internal sealed record ResultRow
{
    /// <summary>Iterable's id of the campaign; null: the event named none.</summary>
    public required string? CampaignId { get; init; }

    /// <summary>Its name, where Iterable sends it.</summary>
    public required string? CampaignName { get; init; }

    /// <summary>The day, in the project's time zone.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>What happened.</summary>
    public required ResultCounts Counts { get; init; }
}

/// <summary>Events by what they mean, over all channels.</summary>
internal sealed record ResultCounts
{
    /// <summary>Messages sent.</summary>
    public long Sends { get; init; }

    /// <summary>Sends less bounces: Iterable reports no delivery of its own. On one day bounces of earlier sends may be more; then 0.</summary>
    public long Delivered => Math.Max(0, Sends - Bounces);

    /// <summary>Messages opened, each time.</summary>
    public long Opens { get; init; }

    /// <summary>Links clicked, each time.</summary>
    public long Clicks { get; init; }

    /// <summary>Unsubscriptions from email.</summary>
    public long Unsubscribes { get; init; }

    /// <summary>Messages that came back.</summary>
    public long Bounces { get; init; }
}
