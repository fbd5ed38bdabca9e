using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Muster.Cohorts.Compilation;
using Muster.Control;
using Muster.Control.Api;
using Muster.Control.Audit;
using Muster.Syncs.Delivery;

namespace Muster.Syncs;

internal static class SyncEndpoints
{
    public static void MapSyncEndpoints(this IEndpointRouteBuilder api)
    {
        var ofProject = api.MapGroup("/projects/{projectId:int}/syncs").WithTags("syncs");
        ofProject.MapPost("/", CreateAsync).RequireAuthorization(Policies.Admin)
            .WithSummary("Export a cohort over a connection, once or kept in sync; the first run starts at once")
            .Accepts<SyncRequest>("application/json").Produces<SyncView>(201).Produces<SyncView>();
        ofProject.MapGet("/", ListAsync).RequireAuthorization(Policies.Consumer).WithSummary("List a project's syncs").Produces<Page<SyncView>>();

        var one = api.MapGroup("/syncs/{id:int}").WithTags("syncs");
        one.MapGet("/", GetAsync).RequireAuthorization(Policies.Consumer).WithSummary("One sync with its last run").Produces<SyncView>();
        one.MapDelete("/", DeleteAsync).RequireAuthorization(Policies.Admin).WithSummary("Stop and delete a sync; ?deleteList=true deletes its list too").Produces<SyncView>();
        one.MapPost("/preview", PreviewAsync).RequireAuthorization(Policies.Analyst).WithSummary("What a run would do now; nothing is sent").Produces<PreviewView>();
        one.MapPost("/runs", RunAsync).RequireAuthorization(Policies.Admin).WithSummary("Run now").Produces<RunView>(202).Audited("sync.run");
        one.MapPost("/pause", PauseAsync).RequireAuthorization(Policies.Admin).WithSummary("Pause; a run under way stops after its calls").Produces<SyncView>();
        one.MapPost("/resume", ResumeAsync).RequireAuthorization(Policies.Admin).WithSummary("Go on after a pause, or after a held run without approving it").Produces<SyncView>();
        one.MapPost("/approve", ApproveAsync).RequireAuthorization(Policies.Admin).WithSummary("Let a held run go on").Produces<RunView>(202).Audited("sync.approved");
        one.MapPost("/reconcile", ReconcileAsync).RequireAuthorization(Policies.Admin).WithSummary("Read the list itself and repair what others changed").Produces<RunView>(202).Audited("sync.reconciled");
    }

    private static async Task<IResult> CreateAsync(
        int projectId, RequestBody body, Caller caller, ControlDb db, SyncChanges changes, SyncOptions options, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (!caller.Sees(projectId) || !await db.Projects.AnyAsync(p => p.Id == projectId, cancellationToken))
        {
            return ApiProblem.NotFound("project");
        }

        var request = SyncRequest.Read(body, options);
        if (body.HasFaults(out var problem))
        {
            return problem;
        }

        var cohort = await db.Cohorts.SingleOrDefaultAsync(c => c.Id == request.CohortId && c.ProjectId == projectId, cancellationToken);
        var connection = await db.Connections.SingleOrDefaultAsync(c => c.Id == request.ConnectionId && c.ProjectId == projectId, cancellationToken);
        if (cohort is null)
        {
            body.AddFault("cohortId", "is no cohort of this project");
        }

        if (connection is null)
        {
            body.AddFault("connectionId", "is no connection of this project");
        }

        if (body.HasFaults(out problem))
        {
            return problem;
        }

        if (connection!.Status != ConnectionStatus.Connected)
        {
            return Disconnected();
        }

        var sync = await db.Syncs.SingleOrDefaultAsync(
            s => s.CohortId == request.CohortId && s.ConnectionId == request.ConnectionId && s.DeletedAt == null, cancellationToken);
        var others = await db.Syncs.CountAsync(
            s => s.ProjectId == projectId && s.Type == SyncType.Dynamic && s.DeletedAt == null
                && (s.CohortId != request.CohortId || s.ConnectionId != request.ConnectionId),
            cancellationToken);
        if (request.Type == SyncType.Dynamic && others >= options.MaxDynamic)
        {
            return ApiProblem.Conflict($"The project has {others} dynamic syncs, and {options.MaxDynamic} is the most it may have (MUSTER_SYNC_MAX_DYNAMIC). Delete one, or export this cohort once.");
        }

        var isNew = sync is null;
        sync ??= new Sync
        {
            ProjectId = projectId,
            CohortId = request.CohortId,
            ConnectionId = request.ConnectionId,
            Type = request.Type,
            IntervalSeconds = (int)options.Interval.TotalSeconds,
            Status = SyncStatus.Active,
            ListName = ListResolver.NameOf(cohort!),
            GuardPercent = RemovalGuard.Default.Percent,
            GuardAtLeast = RemovalGuard.Default.AtLeast,
            CreatedAt = clock.GetUtcNow(),
            CreatedBy = caller.Name,
        };
        request.ApplyTo(sync);
        if (isNew)
        {
            db.Syncs.Add(sync);
        }

        await db.SaveChangesAsync(cancellationToken);
        await changes.ActivateAsync(sync, cancellationToken);
        await changes.StartRunAsync(sync, isNew ? RunTrigger.First : RunTrigger.Manual, approved: false, cancellationToken);
        var view = await ViewAsync(db, sync, cancellationToken);
        return isNew ? TypedResults.Created($"/api/v1/syncs/{sync.Id}", view) : TypedResults.Ok(view);
    }

    private static async Task<IResult> ListAsync(int projectId, Paging paging, Caller caller, ControlDb db, CancellationToken cancellationToken)
    {
        if (!caller.Sees(projectId) || !await db.Projects.AnyAsync(p => p.Id == projectId, cancellationToken))
        {
            return ApiProblem.NotFound("project");
        }

        if (paging.Problem is { } problem)
        {
            return problem;
        }

        var syncs = await db.Syncs.AsNoTracking().Where(s => s.ProjectId == projectId && s.DeletedAt == null && s.Id > paging.After)
            .OrderBy(s => s.Id).Take(paging.Limit + 1).ToListAsync(cancellationToken);
        var runIds = syncs.Select(s => s.LastRunId).ToList();
        var runs = await db.Runs.AsNoTracking().Where(r => runIds.Contains(r.Id)).ToDictionaryAsync(r => r.Id, cancellationToken);
        return TypedResults.Ok(paging.Page(syncs, s => s.Id, s => SyncView.Of(s, s.LastRunId is { } id ? runs.GetValueOrDefault(id) : null)));
    }

    private static Task<IResult> GetAsync(int id, Caller caller, ControlDb db, CancellationToken cancellationToken) =>
        WithSyncAsync(id, caller, db, async sync => TypedResults.Ok(await ViewAsync(db, sync, cancellationToken)), cancellationToken);

    private static Task<IResult> DeleteAsync(
        int id, Caller caller, ControlDb db, SyncChanges changes, IListDestinations destinations, TimeProvider clock, CancellationToken cancellationToken,
        string? deleteList = null) =>
        WithSyncAsync(
            id, caller, db,
            async sync =>
            {
                if (deleteList is not (null or "true" or "false"))
                {
                    return ApiProblem.Invalid(new Fault("deleteList", "must be true or false"));
                }

                await changes.StopAsync(sync, SyncStatus.NotActive, null, cancellationToken);
                if (deleteList == "true" && sync.ListId is { } listId)
                {
                    try
                    {
                        await (await destinations.OpenAsync(sync.ConnectionId, cancellationToken)).DeleteListAsync(listId, cancellationToken);
                    }
                    catch (DestinationException e)
                    {
                        return ApiProblem.Conflict($"The sync is stopped, but its list could not be deleted: {e.Message} Delete the sync without deleteList to keep the list.");
                    }
                }

                sync.DeletedAt = clock.GetUtcNow();
                await db.SaveChangesAsync(cancellationToken);
                return TypedResults.Ok(await ViewAsync(db, sync, cancellationToken));
            },
            cancellationToken);

    private static Task<IResult> PreviewAsync(
        int id, Caller caller, ControlDb db, SyncPreview preview, CancellationToken cancellationToken) =>
        WithSyncAsync(
            id, caller, db,
            async sync =>
            {
                try
                {
                    return TypedResults.Ok(await preview.MakeAsync(sync, cancellationToken));
                }
                catch (Exception e) when (e is DestinationException or RunStoppedException or CohortException)
                {
                    return ApiProblem.Conflict(e.Message);
                }
            },
            cancellationToken);

    private static Task<IResult> RunAsync(int id, Caller caller, ControlDb db, SyncChanges changes, CancellationToken cancellationToken) =>
        WithSyncAsync(id, caller, db, sync => StartAsync(sync, RunTrigger.Manual, approved: false, db, changes, cancellationToken), cancellationToken);

    private static Task<IResult> ReconcileAsync(int id, Caller caller, ControlDb db, SyncChanges changes, CancellationToken cancellationToken) =>
        WithSyncAsync(id, caller, db, sync => StartAsync(sync, RunTrigger.Reconcile, approved: false, db, changes, cancellationToken), cancellationToken);

    private static Task<IResult> ApproveAsync(int id, Caller caller, ControlDb db, SyncChanges changes, CancellationToken cancellationToken) =>
        WithSyncAsync(
            id, caller, db,
            async sync => sync.Status == SyncStatus.Held
                ? await StartAsync(sync, RunTrigger.Resume, approved: true, db, changes, cancellationToken)
                : ApiProblem.Conflict("There is no held run to approve."),
            cancellationToken);

    private static Task<IResult> PauseAsync(int id, Caller caller, ControlDb db, SyncChanges changes, CancellationToken cancellationToken) =>
        WithSyncAsync(
            id, caller, db,
            async sync =>
            {
                await changes.StopAsync(sync, SyncStatus.Paused, $"Paused by {caller.Name}.", cancellationToken);
                return TypedResults.Ok(await ViewAsync(db, sync, cancellationToken));
            },
            cancellationToken);

    private static Task<IResult> ResumeAsync(int id, Caller caller, ControlDb db, SyncChanges changes, CancellationToken cancellationToken) =>
        WithSyncAsync(
            id, caller, db,
            async sync =>
            {
                if (sync.Status is SyncStatus.Paused or SyncStatus.Held)
                {
                    if (await RefuseDisconnectedAsync(sync, db, cancellationToken) is { } refusal)
                    {
                        return refusal;
                    }

                    await changes.ActivateAsync(sync, cancellationToken);
                    await changes.StartRunAsync(sync, RunTrigger.Resume, approved: false, cancellationToken);
                }

                return TypedResults.Ok(await ViewAsync(db, sync, cancellationToken));
            },
            cancellationToken);

    private static async Task<IResult> StartAsync(
        Sync sync, RunTrigger trigger, bool approved, ControlDb db, SyncChanges changes, CancellationToken cancellationToken)
    {
        if (await RefuseDisconnectedAsync(sync, db, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        if (await changes.StartRunAsync(sync, trigger, approved, cancellationToken) is not { } run)
        {
            return ApiProblem.Conflict("A run of this sync is going already; wait for it to end.");
        }

        return TypedResults.Accepted($"/api/v1/runs/{run.Id}", RunView.Of(run));
    }

    private static async Task<IResult?> RefuseDisconnectedAsync(Sync sync, ControlDb db, CancellationToken cancellationToken) =>
        await db.Connections.AnyAsync(c => c.Id == sync.ConnectionId && c.Status == ConnectionStatus.Connected, cancellationToken) ? null : Disconnected();

    private static IResult Disconnected() =>
        ApiProblem.Conflict("The connection is disconnected: its key is destroyed. Make a new connection and export over that.");

    private static async Task<IResult> WithSyncAsync(
        int id, Caller caller, ControlDb db, Func<Sync, Task<IResult>> act, CancellationToken cancellationToken)
    {
        var sync = await db.Syncs.SingleOrDefaultAsync(s => s.Id == id && s.DeletedAt == null, cancellationToken);
        return sync is not null && caller.Sees(sync.ProjectId) ? await act(sync) : ApiProblem.NotFound("sync");
    }

    private static async Task<SyncView> ViewAsync(ControlDb db, Sync sync, CancellationToken cancellationToken) => SyncView.Of(
        sync, await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == sync.LastRunId, cancellationToken));
}
