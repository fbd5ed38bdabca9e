using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Control.Api;
using Muster.Syncs.Delivery;
using Muster.Syncs.Ledger;

namespace Muster.Syncs;

/// <summary>What the first run of a sync would do that is not there yet.</summary>
internal static class NewSyncPreview
{
    public static void MapNewSyncPreview(this IEndpointRouteBuilder api) =>
        api.MapPost("/projects/{projectId:int}/syncs/preview", MakeAsync).WithTags("syncs").RequireAuthorization(Policies.Analyst)
            .WithSummary("What exporting a cohort over a connection would do now; nothing is sent and no sync is made")
            .Accepts<NewSync>("application/json").Produces<NewSyncPreviewView>();

    private static async Task<IResult> MakeAsync(
        int projectId, RequestBody body, Caller caller, ControlDb db, SyncPreview preview, SyncOptions options, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (!caller.Sees(projectId) || !await db.Projects.AnyAsync(p => p.Id == projectId, cancellationToken))
        {
            return ApiProblem.NotFound("project");
        }

        var cohortId = (int)body.WholeNumber("cohortId", 1, int.MaxValue);
        var connectionId = (int)body.WholeNumber("connectionId", 1, int.MaxValue);
        if (body.HasFaults(out var problem))
        {
            return problem;
        }

        var cohort = await db.Cohorts.AsNoTracking().SingleOrDefaultAsync(c => c.Id == cohortId && c.ProjectId == projectId, cancellationToken);
        var isConnected = await db.Connections.AnyAsync(
            c => c.Id == connectionId && c.ProjectId == projectId && c.Status == ConnectionStatus.Connected, cancellationToken);
        if (cohort is null)
        {
            body.AddFault("cohortId", "is no cohort of this project");
        }

        if (!isConnected)
        {
            body.AddFault("connectionId", "is no connection of this project that can be used");
        }

        if (body.HasFaults(out problem))
        {
            return problem;
        }

        // One that is there already exports into its list; else it is planned as if it had just been made.
        var sync = await db.Syncs.AsNoTracking().SingleOrDefaultAsync(
            s => s.CohortId == cohortId && s.ConnectionId == connectionId && s.DeletedAt == null, cancellationToken) ?? new Control.Sync
            {
                ProjectId = projectId,
                CohortId = cohortId,
                ConnectionId = connectionId,
                Type = SyncType.OneTime,
                IntervalSeconds = (int)options.Interval.TotalSeconds,
                Status = SyncStatus.NotActive,
                ListName = ListResolver.NameOf(cohort!),
                CreatedAt = clock.GetUtcNow(),
                CreatedBy = caller.Name,
            };
        try
        {
            var made = await preview.MakeAsync(sync, cancellationToken);
            return TypedResults.Ok(new NewSyncPreviewView(
                sync.ListName, sync.Id > 0 ? sync.Id : null, made.Members, made.Matched, made.Skipped, made.Adds, made.Removes, made.Unchanged, made.Calls,
                made.EstimatedSeconds, made.Sample));
        }
        catch (DestinationException e)
        {
            return ApiProblem.Conflict(e.Message);
        }
    }

    private sealed record NewSync(int CohortId, int ConnectionId);

    /// <summary>A preview, with what the list is or will be called, and the sync that is there already.</summary>
    private sealed record NewSyncPreviewView(
        string ListName, int? SyncId, long Members, long Matched, IReadOnlyDictionary<string, long> Skipped, long Adds, long Removes, long Unchanged,
        int Calls, double EstimatedSeconds, PlanSample Sample);
}
