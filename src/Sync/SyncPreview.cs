using Microsoft.EntityFrameworkCore;
using Muster.Cohorts.Compilation;
using Muster.Control;
using Muster.Syncs.Delivery;
using Muster.Syncs.Ledger;
using Muster.Syncs.Matching;

namespace Muster.Syncs;

/// <summary>What a run would do now.</summary>
internal sealed record PreviewView(
    long Members, long Matched, IReadOnlyDictionary<string, long> Skipped, long Adds, long Removes, long Unchanged,
    int Calls, double EstimatedSeconds, PlanSample Sample);

/// <summary>Plans a run and throws the plan away.</summary>
internal sealed class SyncPreview(
    ControlDb db, CohortCompiler cohorts, IRunLedger ledger, IListDestinations destinations, ListResolver lists, SyncOptions options, TimeProvider clock)
{
    // A person waits for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static readonly PlanSample NoSample = new([], []);

    /// <summary>Makes it.</summary>
    /// <exception cref="RunStoppedException">The run would be refused.</exception>
    /// <exception cref="DestinationException">The list that the run would take over cannot be read.</exception>
    public async Task<PreviewView> MakeAsync(Sync sync, CancellationToken cancellationToken)
    {
        var connection = await db.Connections.AsNoTracking().SingleAsync(c => c.Id == sync.ConnectionId, cancellationToken);
        var project = await db.Projects.AsNoTracking().SingleAsync(p => p.Id == sync.ProjectId, cancellationToken);
        var cohort = await db.Cohorts.AsNoTracking().SingleAsync(c => c.Id == sync.CohortId, cancellationToken);
        var now = clock.GetUtcNow();

        var known = await IsKnownListThereAsync(sync, cancellationToken) ? sync.ListId : null;
        var destination = known is null ? await destinations.OpenAsync(connection.Id, cancellationToken) : null;
        // The run that follows would take over a list of this name, so its content counts here too.
        var found = destination is null ? null : await destination.FindListAsync(ListResolver.NameOf(cohort), cancellationToken);
        await using var workspace = await ledger.OpenWorkspaceAsync(sync, known ?? found ?? 0, cancellationToken);
        if (found is { } listId)
        {
            await workspace.AdoptAsync(connection.ProjectType, destination!.ReadAsync(listId, cancellationToken), cancellationToken);
        }

        var members = await workspace.StageAsync(await cohorts.CompileAsync(project.Id, cohort.Id, now, cancellationToken), cancellationToken);
        if (members > options.MaxMembers)
        {
            throw RunStoppedException.TooManyMembers(members, options.MaxMembers);
        }

        var counts = await workspace.MatchAsync(MatchRules.For(connection, project.IdMerge, now), cancellationToken);
        if (counts is { Members: > 0, Matched: 0 })
        {
            // The run would fail and leave the list as it is.
            return View(counts, calls: 0, NoSample);
        }

        var plan = await workspace.PlanAsync(0, cancellationToken);
        return View(plan.Counts, plan.Calls, await workspace.SampleAsync(cancellationToken));
    }

    // When Iterable cannot be asked, the list is believed to be there: the ledger alone says then what a run would do.
    private async Task<bool> IsKnownListThereAsync(Sync sync, CancellationToken cancellationToken)
    {
        if (sync.ListId is not { } listId)
        {
            return false;
        }

        using var limit = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await lists.IsThereAsync(await destinations.OpenAsync(sync.ConnectionId, either.Token), listId, either.Token);
        }
        catch (DestinationException)
        {
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return true;
        }
    }

    private PreviewView View(RunCounts counts, int calls, PlanSample sample) => new(
        counts.Members, counts.Matched, counts.Skipped, counts.Adds, counts.Removes, counts.Unchanged,
        calls, destinations.Estimate(calls).TotalSeconds, sample);
}
