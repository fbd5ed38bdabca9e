using System.Text.Json.Serialization;

namespace Muster.Control;

/// <summary>One execution of a sync.</summary>
public sealed class Run
{
    /// <summary>The numeric id; later runs have higher ids.</summary>
    public long Id { get; init; }

    /// <summary>The sync executed.</summary>
    public required int SyncId { get; init; }

    /// <summary>Why it was started.</summary>
    public required RunTrigger Trigger { get; init; }

    /// <summary>How it stands.</summary>
    public required RunStatus Status { get; set; }

    /// <summary>The step it is in, or ended in.</summary>
    public RunStep? Step { get; set; }

    /// <summary>Whether the removal guard is lifted for this run.</summary>
    public required bool Approved { get; init; }

    /// <summary>When it was asked for, or, called for by the schedule, when it was due.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>When its first step began.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>When it ended, however it ended.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>The list it acted on.</summary>
    public long? ListId { get; set; }

    /// <summary>Its name.</summary>
    public string? ListName { get; set; }

    /// <summary>Subscribers whose call was acknowledged so far.</summary>
    public long Done { get; set; }

    /// <summary>Subscribe and unsubscribe calls acknowledged.</summary>
    public int Calls { get; set; }

    /// <summary>Tries beyond the first of each call.</summary>
    public int Retries { get; set; }

    /// <summary>Bytes of the bodies sent.</summary>
    public long Bytes { get; set; }

    /// <summary>Counts of members, null before they are known.</summary>
    public RunCounts Counts { get; set; } = new();

    /// <summary>The steps with their times.</summary>
    public List<RunStepTime> Steps { get; set; } = [];

    /// <summary>What went wrong; null when nothing did.</summary>
    public RunError? Error { get; set; }
}

/// <summary>The numbers of a run. Always: members = matched + all skipped; matched = adds + unchanged.</summary>
public sealed record RunCounts
{
    /// <summary>Members of the cohort.</summary>
    public long Members { get; init; }

    /// <summary>Members with a subscriber of their own.</summary>
    public long Matched { get; init; }

    /// <summary>Members without one, by reason.</summary>
    public IReadOnlyDictionary<string, long> Skipped { get; init; } = new Dictionary<string, long>();

    /// <summary>Subscribers that join the list.</summary>
    public long Adds { get; init; }

    /// <summary>Subscribers that leave the list.</summary>
    public long Removes { get; init; }

    /// <summary>Those of the removes that need no call.</summary>
    public long RemovesWithoutCall { get; init; }

    /// <summary>Subscribers that stay on it.</summary>
    public long Unchanged { get; init; }

    /// <summary>Subscribers that Iterable refused, by reason.</summary>
    public IReadOnlyDictionary<string, long> Rejected { get; init; } = new Dictionary<string, long>();
}

/// <summary>When a step began and ended.</summary>
public sealed record RunStepTime
{
    /// <summary>Which step.</summary>
    public required RunStep Step { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended; null while it goes on.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}

/// <summary>What went wrong in a run.</summary>
public sealed record RunError
{
    /// <summary>A stable code.</summary>
    public required string Code { get; init; }

    /// <summary>What happened, what it means for the list, and what to do.</summary>
    public required string Message { get; init; }

    /// <summary>Whether the next run may go well without anyone doing anything.</summary>
    public required bool Transient { get; init; }

    /// <summary>The HTTP status that Iterable answered with, when it did.</summary>
    public int? HttpStatus { get; init; }
}

/// <summary>Why a run was started.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunTrigger>))]
public enum RunTrigger
{
    /// <summary>The sync was made, or made again.</summary>
    [JsonStringEnumMemberName("first")] First,

    /// <summary>Its time had come.</summary>
    [JsonStringEnumMemberName("schedule")] Schedule,

    /// <summary>Someone asked for it.</summary>
    [JsonStringEnumMemberName("manual")] Manual,

    /// <summary>The sync was resumed, or a held run approved.</summary>
    [JsonStringEnumMemberName("resume")] Resume,

    /// <summary>The list itself is read and repaired.</summary>
    [JsonStringEnumMemberName("reconcile")] Reconcile,
}

/// <summary>How a run stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunStatus>))]
public enum RunStatus
{
    /// <summary>Waits for its turn on the connection.</summary>
    [JsonStringEnumMemberName("queued")] Queued,

    /// <summary>Goes on.</summary>
    [JsonStringEnumMemberName("running")] Running,

    /// <summary>The list is exactly the matched members that Iterable accepted.</summary>
    [JsonStringEnumMemberName("succeeded")] Succeeded,

    /// <summary>Stopped by an error; the ledger knows how far it came.</summary>
    [JsonStringEnumMemberName("failed")] Failed,

    /// <summary>Stopped by the removal guard before anything was sent.</summary>
    [JsonStringEnumMemberName("held")] Held,

    /// <summary>Stopped by a person: paused, deleted or disconnected.</summary>
    [JsonStringEnumMemberName("canceled")] Canceled,
}

/// <summary>The steps of a run, in order.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunStep>))]
public enum RunStep
{
    /// <summary>Find or make the list.</summary>
    [JsonStringEnumMemberName("list")] List,

    /// <summary>Stage the cohort's members.</summary>
    [JsonStringEnumMemberName("stage")] Stage,

    /// <summary>Decide each member's subscriber.</summary>
    [JsonStringEnumMemberName("match")] Match,

    /// <summary>Compare with the ledger.</summary>
    [JsonStringEnumMemberName("plan")] Plan,

    /// <summary>Send the batches.</summary>
    [JsonStringEnumMemberName("push")] Push,

    /// <summary>Fold the acknowledged batches into the ledger and close.</summary>
    [JsonStringEnumMemberName("settle")] Settle,
}
