using Muster.Control;

namespace Muster.Syncs;

/// <summary>A sync as the REST interface shows it.</summary>
internal sealed record SyncView(
    int Id, int CohortId, int ConnectionId, SyncType Type, int IntervalSeconds, SyncStatus Status, string? PausedReason,
    long? ListId, string ListName, RemovalGuard? RemovalGuard, RunView? LastRun, DateTimeOffset? NextRunAt,
    DateTimeOffset CreatedAt, string CreatedBy)
{
    public static SyncView Of(Sync sync, Run? lastRun) => new(
        sync.Id, sync.CohortId, sync.ConnectionId, sync.Type, sync.IntervalSeconds, sync.Status, sync.PausedReason,
        sync.ListId, sync.ListName,
        sync is { GuardPercent: { } percent, GuardAtLeast: { } atLeast } ? new RemovalGuard(percent, atLeast) : null,
        lastRun is null ? null : RunView.Of(lastRun), sync.NextRunAt, sync.CreatedAt, sync.CreatedBy);
}

/// <summary>A run that would remove more than so many percent of the ledger, and at least so many, is held.</summary>
internal sealed record RemovalGuard(int Percent, int AtLeast)
{
    public static readonly RemovalGuard Default = new(50, 100);
}

/// <summary>A run as the REST interface shows it.</summary>
internal sealed record RunView(
    long Id, int SyncId, RunTrigger Trigger, RunStatus Status, RunStep? Step, RunProgress Progress,
    long Members, long Matched, IReadOnlyDictionary<string, long> Skipped, long Adds, long Removes, long Unchanged,
    IReadOnlyDictionary<string, long> Rejected, int Calls, int Retries, long Bytes, IReadOnlyList<RunStepTime> Steps,
    DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, RunError? Error, long? ListId, string? ListName)
{
    public static RunView Of(Run run) => new(
        run.Id, run.SyncId, run.Trigger, run.Status, run.Step, RunProgress.Of(run),
        run.Counts.Members, run.Counts.Matched, run.Counts.Skipped, run.Counts.Adds, run.Counts.Removes, run.Counts.Unchanged,
        run.Counts.Rejected, run.Calls, run.Retries, run.Bytes, run.Steps, run.StartedAt, run.FinishedAt, run.Error, run.ListId, run.ListName);
}

/// <summary>Subscribers acknowledged, of those to send.</summary>
internal sealed record RunProgress(long Done, long Total)
{
    public static RunProgress Of(Run run) => new(run.Done, run.Counts.Adds + run.Counts.Removes - run.Counts.RemovesWithoutCall);
}
