using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Muster.Control;
using Muster.Control.Api;

namespace Muster.Cohorts.Promotion;

/// <summary>Which properties have a column of their own; giving and taking it.</summary>
internal static class PropertyEndpoints
{
    private const int LongestName = 1000;

    public static void MapProperties(this IEndpointRouteBuilder api)
    {
        var properties = api.MapGroup("/projects/{projectId:int}/properties").WithTags("cohorts");
        properties.MapGet("/", ListAsync).RequireAuthorization(Policies.Analyst)
            .WithSummary("Promoted properties: those that have, or had, a column of their own").Produces<Page<PromotedView>>();
        properties.MapPost("/", PromoteAsync).RequireAuthorization(Policies.Admin)
            .WithSummary("Give a property a column of its own").Accepts<NewPromotion>("application/json").Produces<PromotedView>(201);
        properties.MapDelete("/{number:int}", DemoteAsync).RequireAuthorization(Policies.Admin)
            .WithSummary("Take a property's column back").Produces(204);
    }

    private static async Task<IResult> ListAsync(
        int projectId, Caller caller, ControlDb db, PromotedProperties promoted, CancellationToken cancellationToken) =>
        await CohortAccess.ProjectExistsAsync(db, caller, projectId, cancellationToken)
            ? TypedResults.Ok(new Page<PromotedView>([.. promoted.List().Where(p => p.Key.ProjectId == projectId).Select(PromotedView.From)], null))
            : ApiProblem.NotFound("project");

    private static async Task<IResult> PromoteAsync(
        int projectId, RequestBody body, Caller caller, ControlDb db, Promotions promotions, CancellationToken cancellationToken)
    {
        if (!await CohortAccess.ProjectExistsAsync(db, caller, projectId, cancellationToken))
        {
            return ApiProblem.NotFound("project");
        }

        var owner = body.Enum<PropertyOwner>("of");
        var name = body.Text("name", LongestName);
        if (body.HasFaults(out var problem))
        {
            return problem;
        }

        return await promotions.PromoteAsync(new PropertyKey(projectId, owner, name), "asked for", cancellationToken) is { } property
            ? TypedResults.Created($"/api/v1/projects/{projectId}/properties/{property.Number}", PromotedView.From(property))
            : ApiProblem.Conflict(
                $"{Promotions.Most} properties of this project's {(owner == PropertyOwner.Event ? "events" : "profiles")} have columns already, as many as may. Take one back first.");
    }

    private static async Task<IResult> DemoteAsync(
        int projectId, int number, Caller caller, ControlDb db, PromotedProperties promoted, Promotions promotions, CancellationToken cancellationToken)
    {
        if (!await CohortAccess.ProjectExistsAsync(db, caller, projectId, cancellationToken)
            || !promoted.List().Any(p => p.Key.ProjectId == projectId && p.Number == number))
        {
            return ApiProblem.NotFound("promoted property");
        }

        await promotions.DemoteAsync(number, cancellationToken);
        return TypedResults.NoContent();
    }

    private sealed record NewPromotion(PropertyOwner Of, string Name);

    private sealed record PromotedView(
        int Number, PropertyOwner Of, string Name, string Status, string Reason, DateTimeOffset PromotedAt, DateTimeOffset? CompletedAt, long? Bytes,
        DateTimeOffset? DemotedAt)
    {
        public static PromotedView From(PromotedProperty property) => new(
            property.Number, property.Key.Owner, property.Key.Name,
            property.DemotedAt is not null ? "taken_back" : property.CompletedAt is null ? "filling" : "in_use",
            property.Reason, property.PromotedAt, property.CompletedAt, property.Bytes, property.DemotedAt);
    }
}
