using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Control.Api;
using Muster.Control.Tokens;
using Muster.Warehouse.DuckDb;

namespace Muster.Iterable.Webhooks;

/// <summary>Whom Iterable's events named and nobody here is known to be.</summary>
internal static class UnresolvedEndpoints
{
    // Someone may have become known in another way than by a profile: under this id, or merged with it, events came.
    private const string Strangers = """
        WITH stranger AS (
            SELECT DISTINCT user_id FROM unresolved u
            WHERE project_id = $project AND NOT EXISTS (SELECT 1 FROM alias a WHERE a.user_id = u.user_id)
        ), own AS (
            SELECT user_id, time FROM event
            WHERE project_id = $project AND source = 'iterable' AND starts_with(insert_id, 'iterable-')
              AND (user_id IS NULL OR user_id IN (SELECT user_id FROM stranger))
        )
        SELECT coalesce(own.user_id, 2147483647) AS position, any_value(i.distinct_id), count(*), min(own.time), max(own.time)
        FROM own LEFT JOIN identity i ON i.user_id = own.user_id
        WHERE coalesce(own.user_id, 2147483647) > $after
        GROUP BY position ORDER BY position LIMIT $most
        """;

    public static void MapUnresolved(this IEndpointRouteBuilder api) =>
        api.MapGet("/projects/{projectId:int}/unresolved", ListAsync).WithTags("webhooks").RequireAuthorization(Policies.Consumer)
            .WithSummary("Events from Iterable whose user is not known, by whom they name").Produces<Page<UnresolvedView>>();

    private static async Task<IResult> ListAsync(
        int projectId, Paging paging, Caller caller, ControlDb db, DuckDbStore store, CancellationToken cancellationToken)
    {
        if (paging.Problem is { } problem)
        {
            return problem;
        }

        if (!caller.Sees(projectId) || !await db.Projects.AnyAsync(p => p.Id == projectId, cancellationToken))
        {
            return ApiProblem.NotFound("project");
        }

        await using var connection = store.Open();
        var read = connection.Query(
            Strangers,
            reader => (Position: (long)reader.GetInt32(0), View: new UnresolvedView(
                caller.Role == Role.Consumer ? null : reader.TextOrNull(1) ?? "", reader.GetInt64(2),
                Utc(reader.GetDateTime(3)), Utc(reader.GetDateTime(4)))),
            ("project", projectId), ("after", paging.After), ("most", paging.Limit + 1));
        return TypedResults.Ok(paging.Page(read, r => r.Position, r => r.View));
    }

    private static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));

    /// <param name="Identifier">The userId, or else the address; "" for events that name nobody. Null to consumers.</param>
    /// <param name="Events">How many events.</param>
    /// <param name="FirstAt">When the first happened.</param>
    /// <param name="LastAt">When the last happened.</param>
    private sealed record UnresolvedView(string? Identifier, long Events, DateTimeOffset FirstAt, DateTimeOffset LastAt);
}
