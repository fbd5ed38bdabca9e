using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Muster.Control.Api;
using Muster.Control.Projects;

namespace Muster.Identity.Merging;

internal static class RefusedMergeEndpoints
{
    public static void MapRefusedMerges(this IEndpointRouteBuilder api) =>
        api.MapGet("/projects/{projectId:int}/refused-merges", ListAsync).WithTags("people").RequireAuthorization(Policies.Analyst)
            .WithSummary("Merges of ids that were asked for and refused, each pair once for each reason").Produces<Page<RefusedMerge>>();

    private static async Task<IResult> ListAsync(
        int projectId, Paging paging, Caller caller, ProjectDirectory projects, RefusedMerges refused, CancellationToken cancellationToken)
    {
        if (paging.Problem is { } problem)
        {
            return problem;
        }

        return caller.Sees(projectId) && await projects.FindByIdAsync(projectId, cancellationToken) is not null
            ? TypedResults.Ok(paging.Page(refused.Read(projectId, paging.After, paging.Limit + 1), m => m.Number, m => m))
            : ApiProblem.NotFound("project");
    }
}
