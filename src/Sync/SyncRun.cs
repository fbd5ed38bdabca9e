using Muster.Cohorts.Compilation;
using Muster.Control;
using Muster.Syncs.Delivery;
using Muster.Syncs.Ledger;
using Muster.Syncs.Matching;
using Muster.Syncs.Planning;
using Muster.Syncs.Runs;

namespace Muster.Syncs;

/// <summary>One execution of a sync, from the cohort to the list: the main path of Muster.</summary>
/// <remarks>
/// <list type="number">
/// <item><b>list</b>: the list is found or made; one that Muster did not fill itself is read first.</item>
/// <item><b>stage</b>: the cohort's members as of one moment.</item>
/// <item><b>match</b>: each member's subscriber, or the reason why there is none.</item>
/// <item><b>plan</b>: matched subscribers against the ledger; pinned before the first call.</item>
/// <item><b>push</b>: adds, then removes, in batches; each acknowledgement is durable before anything counts on it.</item>
/// <item><b>settle</b>: the acknowledged batches are folded into the ledger.</item>
/// </list>
/// A run that was interrupted goes on with the plan it pinned, from the first batch that was not acknowledged.
/// </remarks>
public sealed class SyncRun(
    IListDestinations destinations, ListResolver lists, CohortCompiler cohorts, IRunLedger ledger, SyncOptions options, TimeProvider clock)
{
    /// <summary>How long calls under way may finish after the run was told to stop, so that their answers are not lost.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    /// <summary>Runs until the list is exactly the matched members, and writes every step to the journal.</summary>
    /// <exception cref="RunStoppedException">It could not, for a reason that is not the destination's.</exception>
    /// <exception cref="DestinationException">It could not, for a reason that is.</exception>
    public async Task ExecuteAsync(RunSubject subject, RunJournal journal, CancellationToken cancellationToken)
    {
        var destination = await destinations.OpenAsync(subject.Connection.Id, cancellationToken);
        journal.Watch(destination);
        var plan = await ledger.FindPlanAsync(subject.Run.Id, cancellationToken);
        var madeAgain = false;
        while (true)
        {
            try
            {
                plan ??= await PrepareAsync(subject, destination, journal, cancellationToken);
                if (plan.Counts is { Members: > 0, Matched: 0 })
                {
                    throw RunStoppedException.NoMatchableMembers(plan.Counts, subject.Connection.ProjectType);
                }

                await PushAsync(plan, destination, journal, cancellationToken);          // 5 push
                break;
            }
            catch (DestinationException e) when (e.ListIsGone && !madeAgain)
            {
                // Someone deleted the list under way: it is made again and filled from nothing.
                await ledger.DiscardAsync(subject.Run.Id, cancellationToken);
                await lists.ForgetAsync(subject, cancellationToken);
                plan = null;
                madeAgain = true;
            }
        }

        await journal.BeginAsync(RunStep.Settle, cancellationToken);                     // 6 settle
        await SettleAsync(plan, subject, journal, cancellationToken);
    }

    /// <summary>Folds what was acknowledged of a run that ends early, so that the next one goes on from there.</summary>
    public async Task SettleEarlyAsync(RunSubject subject, RunJournal journal, CancellationToken cancellationToken)
    {
        if (await ledger.FindPlanAsync(subject.Run.Id, cancellationToken) is { } plan)
        {
            await SettleAsync(plan, subject, journal, cancellationToken);
        }
    }

    private async Task<RunPlan> PrepareAsync(
        RunSubject subject, IListDestination destination, RunJournal journal, CancellationToken cancellationToken)
    {
        await journal.BeginAsync(RunStep.List, cancellationToken);                       // 1 list
        await ledger.SettleLeftoversAsync(subject.Sync, cancellationToken);
        var listId = await lists.ResolveAsync(subject, destination, cancellationToken);
        await journal.ListAsync(listId, subject.Sync.ListName, cancellationToken);

        await using var workspace = await ledger.OpenWorkspaceAsync(subject.Sync, listId, cancellationToken);
        await journal.BeginAsync(RunStep.Stage, cancellationToken);                      // 2 stage
        var now = clock.GetUtcNow();
        var query = await cohorts.CompileAsync(subject.Project.Id, subject.Cohort.Id, now, cancellationToken);
        var members = await workspace.StageAsync(query, cancellationToken);
        if (members > options.MaxMembers)
        {
            throw RunStoppedException.TooManyMembers(members, options.MaxMembers);
        }

        await journal.BeginAsync(RunStep.Match, cancellationToken);                      // 3 match
        var matched = await workspace.MatchAsync(MatchRules.For(subject.Connection, subject.Project.IdMerge, now), cancellationToken);
        await journal.CountsAsync(matched, cancellationToken);
        if (matched is { Members: > 0, Matched: 0 })
        {
            return await workspace.CommitSkippedAsync(subject.Run.Id, cancellationToken);
        }

        await journal.BeginAsync(RunStep.Plan, cancellationToken);                       // 4 plan
        var plan = await workspace.PlanAsync(subject.Run.Id, cancellationToken);
        await journal.CountsAsync(plan.Counts, cancellationToken);
        if (!subject.Run.Approved && plan.HeldBecause(subject.Sync) is { } reason)
        {
            throw RunStoppedException.Held(reason);
        }

        await workspace.CommitAsync(plan, cancellationToken);
        Telemetry.Planned(plan.Counts);
        return plan;
    }

    private async Task PushAsync(RunPlan plan, IListDestination destination, RunJournal journal, CancellationToken cancellationToken)
    {
        await journal.BeginAsync(RunStep.Push, cancellationToken);
        var (done, calls) = await ledger.CountAcknowledgedAsync(plan, cancellationToken);
        await journal.DoneAsync(done, calls, cancellationToken);

        using var abort = new CancellationTokenSource();
        using var graceful = cancellationToken.Register(() => abort.CancelAfter(StopGrace));

        // Adds before removes: the list never goes through empty, and nobody who only changed address is off it for a moment.
        ListOperation[] order = plan.RemovesFirst ? [ListOperation.Remove, ListOperation.Add] : [ListOperation.Add, ListOperation.Remove];
        foreach (var operation in order)
        {
            await BatchFlow.SendAllAsync(
                ledger.PendingBatchesAsync(plan, operation, cancellationToken),
                () => destination.CallsWanted,
                async batch =>
                {
                    var acknowledgement = await destination.SendAsync(batch, abort.Token);
                    await ledger.RecordAsync(plan, batch, acknowledgement, CancellationToken.None);
                    await journal.AcknowledgedAsync(batch, acknowledgement, CancellationToken.None);
                },
                cancellationToken);
        }
    }

    private async Task SettleAsync(RunPlan plan, RunSubject subject, RunJournal journal, CancellationToken cancellationToken)
    {
        var rejected = await ledger.SettleAsync(plan, subject.Connection.Id, cancellationToken);
        await journal.CountsAsync(plan.Counts with { Rejected = rejected }, cancellationToken);
    }
}
