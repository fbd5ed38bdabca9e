using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Muster.Cohorts.Compilation;
using Muster.Control;
using Muster.Control.Api;
using Muster.Control.Tokens;

namespace Muster.Syncs.People;

/// <summary>The people of a project, and why each is or is not on each list.</summary>
internal static class UserEndpoints
{
    private const int LatestEvents = 50;

    public static void MapUserEndpoints(this IEndpointRouteBuilder api)
    {
        var users = api.MapGroup("/projects/{projectId:int}/users").WithTags("users").RequireAuthorization(Policies.Consumer);
        users.MapGet("/", SearchAsync).WithSummary("Find people by id, address or name").Produces<Page<UserView>>();
        users.MapGet("/{distinctId}", GetAsync)
            .WithSummary("One person: profile, ids, latest events, cohorts, and why they are or are not on each list").Produces<UserDetails>();
    }

    private static async Task<IResult> SearchAsync(
        int projectId, string? q, Paging paging, Caller caller, ControlDb db, UserReader users, CancellationToken cancellationToken)
    {
        if (paging.Problem is { } problem)
        {
            return problem;
        }

        if (!caller.Sees(projectId) || !await db.Projects.AnyAsync(p => p.Id == projectId, cancellationToken))
        {
            return ApiProblem.NotFound("project");
        }

        var search = string.IsNullOrWhiteSpace(q) ? null : q.Trim();
        var found = await users.SearchAsync(
            projectId, search, byIdOnly: caller.Role == Role.Consumer, paging.After, paging.Limit + 1, cancellationToken);
        return TypedResults.Ok(paging.Page(found, u => u.UserId, u => UserView.Of(u, caller)));
    }

    private static async Task<IResult> GetAsync(
        int projectId, string distinctId, Caller caller, ControlDb db, UserReader users, ListStandingReader lists, CohortCompiler cohorts,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!caller.Sees(projectId) || await users.FindAsync(projectId, distinctId, cancellationToken) is not { } user)
        {
            return ApiProblem.NotFound("user");
        }

        var cluster = await users.ClusterAsync(user.UserId, cancellationToken);
        var userIds = cluster.ConvertAll(c => c.UserId);
        var events = await users.LatestEventsAsync(projectId, userIds, LatestEvents, cancellationToken);

        var all = await db.Cohorts.AsNoTracking().Where(c => c.ProjectId == projectId).OrderBy(c => c.Id).ToListAsync(cancellationToken);
        var names = all.ToDictionary(c => c.Id, c => c.Name);
        var memberships = new Dictionary<int, bool?>();
        var now = clock.GetUtcNow();
        foreach (var cohort in all)
        {
            memberships[cohort.Id] = await IsMemberAsync(users, cohorts, cohort, user.UserId, now, cancellationToken);
        }

        var standings = await lists.ReadAsync(projectId, userIds, cancellationToken);
        return TypedResults.Ok(new UserDetails(
            user.DistinctId,
            cluster.ConvertAll(c => c.DistinctId),
            ProfileView.Of(user, caller),
            events.ConvertAll(e => UserEventView.Of(e, caller)),
            [.. memberships.Where(m => m.Value == true).Select(m => new UserCohortView(m.Key, names[m.Key]))],
            [.. standings.Select(s => UserListView.Of(s, names.GetValueOrDefault(s.Sync.CohortId), memberships.GetValueOrDefault(s.Sync.CohortId), caller))]));
    }

    private static async Task<bool?> IsMemberAsync(
        UserReader users, CohortCompiler cohorts, Cohort cohort, int userId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            return await users.IsMemberAsync(await cohorts.CompileAsync(cohort.ProjectId, cohort.Id, now, cancellationToken), userId, cancellationToken);
        }
        catch (CohortException)
        {
            // The answer says that this is not known.
            return null;
        }
    }

    private sealed record UserView(string DistinctId, string? Email, string? IterableUserId, string? FirstName, string? LastName)
    {
        public static UserView Of(StoredUser user, Caller caller) => caller.Role == Role.Consumer
            ? new UserView(user.DistinctId, null, null, null, null)
            : new UserView(user.DistinctId, user.Email, user.IterableUserId, user.FirstName, user.LastName);
    }

    private sealed record UserDetails(
        string DistinctId, IReadOnlyList<string> Ids, ProfileView Profile, IReadOnlyList<UserEventView> Events,
        IReadOnlyList<UserCohortView> Cohorts, IReadOnlyList<UserListView> Lists);

    private sealed record ProfileView(string? Email, string? IterableUserId, string? FirstName, string? LastName, JsonNode? Properties)
    {
        public static ProfileView Of(StoredUser user, Caller caller)
        {
            var properties = Masking.Of(user.Properties, caller);
            return caller.Role == Role.Consumer
                ? new ProfileView(null, null, null, null, properties)
                : new ProfileView(user.Email, user.IterableUserId, user.FirstName, user.LastName, properties);
        }
    }

    private sealed record UserEventView(DateTimeOffset Time, string Event, string DistinctId, string InsertId, string? Source, JsonNode? Properties)
    {
        public static UserEventView Of(StoredEvent e, Caller caller) => new(
            new DateTimeOffset(e.Time, TimeSpan.Zero), e.Event, e.DistinctId, e.InsertId, e.Source, Masking.Of(e.Properties, caller));
    }

    private sealed record UserCohortView(int Id, string Name);

    private sealed record UserListView(
        int SyncId, int CohortId, string? CohortName, int ConnectionId, long? ListId, string ListName, bool? InCohort, bool OnList,
        UserReceiptView? Receipt, string Why)
    {
        public static UserListView Of(ListStanding standing, string? cohortName, bool? inCohort, Caller caller) => new(
            standing.Sync.Id, standing.Sync.CohortId, cohortName, standing.Sync.ConnectionId, standing.Sync.ListId, standing.Sync.ListName,
            inCohort, standing.OnList, UserReceiptView.Of(standing, caller), WhyTexts.Of(standing, inCohort));
    }

    private sealed record UserReceiptView(
        long RunId, DateTimeOffset? At, string? Email, string? IterableUserId, string Operation, string Outcome, string? Reason)
    {
        public static UserReceiptView? Of(ListStanding standing, Caller caller)
        {
            if (standing is not { Run: { } run, Receipt: { } receipt })
            {
                return null;
            }

            var isMasked = caller.Role == Role.Consumer;
            return new UserReceiptView(
                run.Id, run.FinishedAt ?? run.StartedAt, isMasked ? null : receipt.Email, isMasked ? null : receipt.IterableUserId,
                receipt.Operation, receipt.Outcome, receipt.Reason);
        }
    }
}
