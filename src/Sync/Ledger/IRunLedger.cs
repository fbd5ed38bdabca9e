using Muster.Cohorts.Compilation;
using Muster.Control;
using Muster.Syncs.Delivery;
using Muster.Syncs.Matching;
using Muster.Syncs.Planning;

namespace Muster.Syncs.Ledger;

/// <summary>
/// What Muster knows to be on each list because Iterable acknowledged it, and the plans and acknowledgements it follows from.
/// </summary>
/// <remarks>
/// Only acknowledgements are written while a run pushes, as an append-only log; settling folds them into the ledger. So
/// a crash at any moment leaves the plan, what of it was acknowledged, and nothing else to repair.
/// </remarks>
public interface IRunLedger
{
    /// <summary>Opens the place where a run is staged, matched and planned, all as of one moment. Nothing of it lasts until it is committed.</summary>
    Task<IRunWorkspace> OpenWorkspaceAsync(Sync sync, long listId, CancellationToken cancellationToken);

    /// <summary>The plan a run committed; null when it has none.</summary>
    Task<RunPlan?> FindPlanAsync(long runId, CancellationToken cancellationToken);

    /// <summary>The batches of a plan that were not acknowledged yet, in order, read as they are needed.</summary>
    IAsyncEnumerable<ListBatch> PendingBatchesAsync(RunPlan plan, ListOperation operation, CancellationToken cancellationToken);

    /// <summary>How many subscribers of a plan were acknowledged, and in how many calls.</summary>
    Task<(long Subscribers, int Calls)> CountAcknowledgedAsync(RunPlan plan, CancellationToken cancellationToken);

    /// <summary>Makes an acknowledged batch durable. Nothing may count on the batch before this returns.</summary>
    Task RecordAsync(RunPlan plan, ListBatch batch, Acknowledgement acknowledgement, CancellationToken cancellationToken);

    /// <summary>Folds what was acknowledged into the ledger, once however often it is called, and gives the rejections by reason.</summary>
    Task<IReadOnlyDictionary<string, long>> SettleAsync(RunPlan plan, int connectionId, CancellationToken cancellationToken);

    /// <summary>Settles the plans of a sync's earlier runs that ended without it, so that none of their acknowledged batches is sent again.</summary>
    Task SettleLeftoversAsync(Sync sync, CancellationToken cancellationToken);

    /// <summary>Forgets a plan whose list is gone, so that the run can plan anew.</summary>
    Task DiscardAsync(long runId, CancellationToken cancellationToken);

    /// <summary>
    /// Makes the ledger of a list equal to what was read from it: unknown identifiers enter as strangers, rows that are
    /// not on the list leave. The plan that follows repairs both.
    /// </summary>
    Task<Adoption> AdoptAsync(
        Sync sync, long runId, long listId, ProjectType projectType, IAsyncEnumerable<string> identifiers, CancellationToken cancellationToken);

    /// <summary>How many subscribers of a list the ledger has.</summary>
    Task<LedgerSize> SizeAsync(int syncId, long listId, CancellationToken cancellationToken);

    /// <summary>Forgets everything of runs that ended before the receipts' retention.</summary>
    Task ForgetBeforeAsync(int syncId, long oldestKeptRun, CancellationToken cancellationToken);

    /// <summary>Forgets everything of a sync that was deleted, its ledger too.</summary>
    Task ForgetSyncAsync(int syncId, CancellationToken cancellationToken);
}

/// <summary>Subscribers in the ledger of a list.</summary>
/// <param name="Certain">Those that are on it.</param>
/// <param name="Uncertain">Those that may be, because an answer was lost.</param>
public readonly record struct LedgerSize(long Certain, long Uncertain);

/// <summary>What reading a list changed in its ledger.</summary>
/// <param name="Strangers">Identifiers that were on the list without Muster's doing.</param>
/// <param name="Missing">Subscribers that Muster had put there and that are gone.</param>
public readonly record struct Adoption(long Strangers, long Missing);

/// <summary>One run's members on their way to a plan. Disposed without commit, it never was: previews do that.</summary>
public interface IRunWorkspace : IAsyncDisposable
{
    /// <summary>As <see cref="IRunLedger.AdoptAsync"/>, within this workspace only.</summary>
    Task AdoptAsync(ProjectType projectType, IAsyncEnumerable<string> identifiers, CancellationToken cancellationToken);

    /// <summary>Puts the cohort's members in and counts them.</summary>
    Task<long> StageAsync(MemberQuery members, CancellationToken cancellationToken);

    /// <summary>Decides each member's subscriber.</summary>
    Task<RunCounts> MatchAsync(MatchRules rules, CancellationToken cancellationToken);

    /// <summary>Compares with the ledger.</summary>
    Task<RunPlan> PlanAsync(long runId, CancellationToken cancellationToken);

    /// <summary>Makes the plan and its receipts durable, in one transaction.</summary>
    Task CommitAsync(RunPlan plan, CancellationToken cancellationToken);

    /// <summary>Makes the receipts of the skipped durable when there is nobody else: a plan that acts on no list.</summary>
    Task<RunPlan> CommitSkippedAsync(long runId, CancellationToken cancellationToken);

    /// <summary>Some of the planned adds and removes.</summary>
    Task<PlanSample> SampleAsync(CancellationToken cancellationToken);
}

/// <summary>Some of what a plan adds and removes.</summary>
public sealed record PlanSample(IReadOnlyList<SampledSubscriber> Adds, IReadOnlyList<SampledSubscriber> Removes);

/// <summary>One of them.</summary>
public sealed record SampledSubscriber(string? DistinctId, string? Email, string? IterableUserId);
