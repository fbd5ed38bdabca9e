using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muster.Web.Api;

/// <summary>A project, as REST shows it.</summary>
public sealed record ProjectItem(
    int Id, string Name, string Timezone, string IdMerge, string Token, string? ApiSecret, long? MtuAlert, DateTimeOffset CreatedAt);

/// <summary>A cohort; the definition of an uploaded set is null.</summary>
public sealed record CohortItem(
    int Id, string Name, string? Description, JsonElement? Definition, long? Count, DateTimeOffset? CountedAt,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string CreatedBy);

/// <summary>A cohort's size at one time.</summary>
public sealed record SizeItem(DateTimeOffset At, long Count);

/// <summary>Someone in a cohort, or found by a search.</summary>
public sealed record PersonItem(string DistinctId, string? Email, string? IterableUserId, string? FirstName, string? LastName)
{
    /// <summary>Their name as far as it is known; null: not at all.</summary>
    public string? Name => string.Join(' ', new[] { FirstName, LastName }.Where(n => n is { Length: > 0 })) is { Length: > 0 } name ? name : null;
}

/// <summary>How many a definition finds, and some of them.</summary>
public sealed record CountedSample(long Count, IReadOnlyList<PersonItem> Sample);

/// <summary>A connection to Iterable.</summary>
public sealed record ConnectionItem(
    int Id, string Name, string Status, string DataCenter, string ProjectType, string UserIdFallback, string ApiKeyHint,
    WebhookItem Webhook, DateTimeOffset CreatedAt, string CreatedBy)
{
    /// <summary>Whether it can be used.</summary>
    public bool IsConnected => Status == "connected";
}

/// <summary>What to enter in Iterable for its webhooks; the header is for admins.</summary>
public sealed record WebhookItem(string Url, string? Authorization);

/// <summary>How Iterable's side of the webhooks stands.</summary>
public sealed record WebhookCheckItem(string State, long? WebhookId, IReadOnlyList<string> ToDo);

/// <summary>A cohort exported over a connection.</summary>
public sealed record SyncItem(
    int Id, int CohortId, int ConnectionId, string Type, int IntervalSeconds, string Status, string? PausedReason, long? ListId, string ListName,
    GuardItem? RemovalGuard, RunItem? LastRun, DateTimeOffset? NextRunAt, DateTimeOffset CreatedAt, string CreatedBy);

/// <summary>When a run is held.</summary>
public sealed record GuardItem(int Percent, int AtLeast);

/// <summary>One execution of a sync.</summary>
public sealed record RunItem(
    long Id, int SyncId, string Trigger, string Status, string? Step, ProgressItem Progress, long Members, long Matched,
    IReadOnlyDictionary<string, long> Skipped, long Adds, long Removes, long Unchanged, IReadOnlyDictionary<string, long> Rejected,
    int Calls, int Retries, long Bytes, IReadOnlyList<StepItem> Steps, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, RunErrorItem? Error,
    long? ListId, string? ListName)
{
    /// <summary>Whether it still goes on, or waits for its turn.</summary>
    public bool IsOpen => Status is "queued" or "running";

    /// <summary>How many are on the list after it, as far as its numbers say.</summary>
    public long OnList => Matched - Rejected.Values.Sum();
}

/// <summary>Subscribers acknowledged, of those to send.</summary>
public sealed record ProgressItem(long Done, long Total);

/// <summary>When a step began and ended.</summary>
public sealed record StepItem(string Step, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt);

/// <summary>What went wrong in a run.</summary>
public sealed record RunErrorItem(string Code, string Message, bool Transient, int? HttpStatus);

/// <summary>What a run would do.</summary>
public sealed record PreviewItem(
    long Members, long Matched, IReadOnlyDictionary<string, long> Skipped, long Adds, long Removes, long Unchanged, int Calls, double EstimatedSeconds,
    string? ListName);

/// <summary>What became of one member in one run.</summary>
public sealed record ReceiptItem(string? DistinctId, string? Email, string? IterableUserId, string Operation, string Outcome, string? Reason);

/// <summary>Everything about one person.</summary>
public sealed record PersonDetails(
    string DistinctId, IReadOnlyList<string> Ids, ProfileItem Profile, IReadOnlyList<EventItem> Events,
    IReadOnlyList<PersonCohort> Cohorts, IReadOnlyList<PersonList> Lists);

/// <summary>What is known of a person.</summary>
public sealed record ProfileItem(string? Email, string? IterableUserId, string? FirstName, string? LastName, JsonObject? Properties);

/// <summary>A cohort that someone is in.</summary>
public sealed record PersonCohort(int Id, string Name);

/// <summary>How someone stands to one list, and why.</summary>
public sealed record PersonList(
    int SyncId, int CohortId, string? CohortName, long? ListId, string ListName, bool? InCohort, bool OnList, PersonReceipt? Receipt, string Why);

/// <summary>The latest receipt of someone in one list.</summary>
public sealed record PersonReceipt(long RunId, DateTimeOffset? At, string Operation, string Outcome, string? Reason);

/// <summary>One event.</summary>
public sealed record EventItem(DateTimeOffset Time, string Event, string? DistinctId, string InsertId, string? Source, JsonElement? Properties);

/// <summary>The monthly tracked users of one month.</summary>
public sealed record MonthItem(
    string Month, long Mtu, long Users, long QualifyingEvents, long ExemptEvents, long ExemptUsersSaved, bool Guardrail, bool? AlertReached,
    IReadOnlyList<EventUsageItem> ByEvent);

/// <summary>What one event contributes to a month.</summary>
public sealed record EventUsageItem(string Event, string? Source, long Users, long Events, bool Qualifying);

/// <summary>What there is to ask of a project.</summary>
public sealed record SchemaItem(IReadOnlyList<SchemaEvent> Events, IReadOnlyList<SchemaProperty> ProfileProperties);

/// <summary>An event name with its properties.</summary>
public sealed record SchemaEvent(string Name, long Count, IReadOnlyList<SchemaProperty> Properties);

/// <summary>A property, with the values that come often.</summary>
public sealed record SchemaProperty(string Name, IReadOnlyList<string> Types, long Count, IReadOnlyList<SchemaValue>? TopValues);

/// <summary>A value and how often it came.</summary>
public sealed record SchemaValue(JsonElement Value, long Count);
