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
    ControlDb db, CohortCompiler cohorts, IRunLedger ledger, IListDestinations destinations, TimeProvider clock)
{
    public async Task<PreviewView> MakeAsync(Sync sync, CancellationToken cancellationToken)
    {
        var connection = await db.Connections.AsNoTracking().SingleAsync(c => c.Id == sync.ConnectionId, cancellationToken);
        var project = await db.Projects.AsNoTracking().SingleAsync(p => p.Id == sync.ProjectId, cancellationToken);
        var now = clock.GetUtcNow();

        // The run that follows would take over a list of this name, so its content counts here too.
        var destination = sync.ListId is null ? await destinations.OpenAsync(connection.Id, cancellationToken) : null;
        var found = destination is null ? null : await destination.FindListAsync(sync.ListName, cancellationToken);
        await using var workspace = await ledger.OpenWorkspaceAsync(sync, sync.ListId ?? found ?? 0, cancellationToken);
        if (found is { } listId)
        {
            await workspace.AdoptAsync(connection.ProjectType, destination!.ReadAsync(listId, cancellationToken), cancellationToken);
        }

        await workspace.StageAsync(await cohorts.CompileAsync(project.Id, sync.CohortId, now, cancellationToken), cancellationToken);
        await workspace.MatchAsync(MatchRules.For(connection, project.IdMerge, now), cancellationToken);
        var plan = await workspace.PlanAsync(0, cancellationToken);
        return new PreviewView(
            plan.Counts.Members, plan.Counts.Matched, plan.Counts.Skipped, plan.Counts.Adds, plan.Counts.Removes, plan.Counts.Unchanged,
            plan.Calls, destinations.Estimate(plan.Calls).TotalSeconds, await workspace.SampleAsync(cancellationToken));
    }
}
