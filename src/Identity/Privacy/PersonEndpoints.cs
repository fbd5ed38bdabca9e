using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Muster.Control.Api;
using Muster.Control.Audit;
using Muster.Control.Projects;
using Muster.Identity.Merging;
using Muster.Warehouse;

namespace Muster.Identity.Privacy;

/// <summary>Deleting a person and handing out what is held about them.</summary>
internal static class PersonEndpoints
{
    public static void MapPersons(this IEndpointRouteBuilder api)
    {
        var users = api.MapGroup("/projects/{projectId:int}/users/{distinctId}").WithTags("people").RequireAuthorization(Policies.Admin);
        users.MapDelete("", DeleteAsync).Audited("user.deleted").Produces<ErasedView>()
            .WithSummary("Delete a person: events, profile and all their ids now, and off every list at its next run");
        users.MapGet("/export", ExportAsync).Audited("user.exported").Produces<object>()
            .WithSummary("All that is held about a person, as one JSON document");
    }

    private static async Task<IResult> DeleteAsync(
        int projectId, string distinctId, Caller caller, ProjectDirectory projects, PersonErasure erasure, CancellationToken cancellationToken)
    {
        if (await StoredIdAsync(projectId, distinctId, caller, projects, cancellationToken) is not { } id)
        {
            return ApiProblem.NotFound("project");
        }

        try
        {
            var (person, erased) = await erasure.EraseAsync(projectId, id, cancellationToken);
            return person.CanonicalId is null
                ? ApiProblem.NotFound("person")
                : TypedResults.Ok(new ErasedView(erased.Ids, erased.Events, erased.Profiles > 0));
        }
        catch (WarehouseUnavailableException e)
        {
            return ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, "unavailable", e.Message);
        }
    }

    private static async Task<IResult> ExportAsync(
        int projectId, string distinctId, Caller caller, ProjectDirectory projects, PersonExport export, CancellationToken cancellationToken)
    {
        if (await StoredIdAsync(projectId, distinctId, caller, projects, cancellationToken) is not { } id)
        {
            return ApiProblem.NotFound("project");
        }

        var person = export.Find(projectId, id);
        return person.CanonicalId is null
            ? ApiProblem.NotFound("person")
            : TypedResults.Stream(target => export.WriteAsync(person, target, cancellationToken), "application/json");
    }

    private static async Task<string?> StoredIdAsync(
        int projectId, string distinctId, Caller caller, ProjectDirectory projects, CancellationToken cancellationToken) =>
        caller.Sees(projectId) && await projects.FindIdMergeAsync(projectId, cancellationToken) is { } system
            ? IdentityReading.Stored(distinctId, system)
            : null;

    private sealed record ErasedView(int Ids, int Events, bool Profile);
}
