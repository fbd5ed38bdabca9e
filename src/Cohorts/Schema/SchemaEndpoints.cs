using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Muster.Control;
using Muster.Control.Api;
using Muster.Control.Tokens;

namespace Muster.Cohorts.Schema;

/// <summary>What there is to ask of a project, for those who write definitions.</summary>
internal static class SchemaEndpoints
{
    private static readonly HashSet<string> Nothing = [];

    // Addresses, names and Iterable user ids are masked for consumers, wherever they stand.
    private static readonly HashSet<string> Personal = new(StringComparer.OrdinalIgnoreCase)
    {
        "$email", "email", "$iterable_user_id", "iterable_user_id", "userId", "user_id", "$user_id", "$distinct_id", "distinct_id", "$device_id",
        "$first_name", "$last_name", "$name", "first_name", "last_name", "firstName", "lastName", "name", "$phone", "phone", "$avatar",
        "$anon_distinct_id", "$identified_id", "$distinct_ids", "$anon_id", "alias",
    };

    public static void MapSchema(this IEndpointRouteBuilder api) =>
        api.MapGet("/projects/{projectId:int}/schema", GetAsync).WithTags("cohorts").RequireAuthorization(Policies.Consumer)
            .WithSummary("Event names, properties with their types, and their most frequent values").Produces<SchemaView>();

    private static async Task<IResult> GetAsync(
        int projectId, Caller caller, ControlDb db, ProjectSchemas schemas, CancellationToken cancellationToken) =>
        await CohortAccess.ProjectExistsAsync(db, caller, projectId, cancellationToken)
            ? TypedResults.Ok(await schemas.OfAsync(projectId, caller.Role == Role.Consumer ? Personal : Nothing, cancellationToken))
            : ApiProblem.NotFound("project");
}
