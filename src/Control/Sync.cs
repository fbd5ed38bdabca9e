using System.Text.Json.Serialization;
using Muster.Control.Notifications;

namespace Muster.Control;

/// <summary>One cohort exported over one connection; owns one Iterable list.</summary>
public sealed class Sync
{
    /// <summary>The numeric id.</summary>
    public int Id { get; init; }

    /// <summary>The project it belongs to.</summary>
    public required int ProjectId { get; init; }

    /// <summary>The cohort exported.</summary>
    public required int CohortId { get; init; }

    /// <summary>The connection exported over.</summary>
    public required int ConnectionId { get; init; }

    /// <summary>Once, or kept true.</summary>
    public required SyncType Type { get; set; }

    /// <summary>Seconds from the start of one scheduled run to the start of the next.</summary>
    public required int IntervalSeconds { get; set; }

    /// <summary>Where it stands.</summary>
    public required SyncStatus Status { get; set; }

    /// <summary>Why it is paused or held, in words for people; null otherwise.</summary>
    public string? PausedReason { get; set; }

    /// <summary>The list in Iterable; null before the first run found or made it.</summary>
    public long? ListId { get; set; }

    /// <summary>The list's name when it was found or made; a renamed cohort keeps it.</summary>
    public required string ListName { get; set; }

    /// <summary>A run that would remove more than this share of the ledger (percent) is held; null: the guard is off.</summary>
    public int? GuardPercent { get; set; }

    /// <summary>... and at least this many subscribers.</summary>
    public int? GuardAtLeast { get; set; }

    /// <summary>The last run made for it.</summary>
    public long? LastRunId { get; set; }

    /// <summary>When the next scheduled run starts; null when none is planned.</summary>
    public DateTimeOffset? NextRunAt { get; set; }

    /// <summary>When the content of its list was last known for certain: read whole, or empty because the list was just made.</summary>
    public DateTimeOffset? ListReadAt { get; set; }

    /// <summary>When the size of its list is next compared with the ledger; null: as soon as it has a list.</summary>
    public DateTimeOffset? NextDriftCheckAt { get; set; }

    /// <summary>Since when the size differs in a way that may be a delay of Iterable's; null: it does not.</summary>
    public DateTimeOffset? DriftSuspectedAt { get; set; }

    /// <summary>Runs that failed since the last one that succeeded.</summary>
    public int FailuresInRow { get; set; }

    /// <summary>The trouble its people were told of and that has not ended since; null: none.</summary>
    public NotificationKind? Told { get; set; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who made it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When it was deleted; its runs and receipts stay readable until retention takes them.</summary>
    public DateTimeOffset? DeletedAt { get; set; }
}

/// <summary>Once, or kept true.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SyncType>))]
public enum SyncType
{
    /// <summary>Exported when asked.</summary>
    [JsonStringEnumMemberName("one_time")] OneTime,

    /// <summary>Exported again every interval.</summary>
    [JsonStringEnumMemberName("dynamic")] Dynamic,
}

/// <summary>Where a sync stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SyncStatus>))]
public enum SyncStatus
{
    /// <summary>A run is going or planned.</summary>
    [JsonStringEnumMemberName("active")] Active,

    /// <summary>Stopped by a person or by an error that only a person can mend.</summary>
    [JsonStringEnumMemberName("paused")] Paused,

    /// <summary>A run would remove more than the guard allows and waits for approval.</summary>
    [JsonStringEnumMemberName("held")] Held,

    /// <summary>A one-time export that is done.</summary>
    [JsonStringEnumMemberName("not_active")] NotActive,
}
