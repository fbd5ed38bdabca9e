using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Control.Api;
using Muster.Control.Tokens;
using Muster.Warehouse.DuckDb;

namespace Muster.Usage.Events;

/// <summary>The latest events of a project.</summary>
internal static class EventEndpoints
{
    // Names are looked up first: event_id filters without a join, and the newest rows are found without sorting all.
    private const string Latest = """
        WITH latest AS (
            SELECT e.rowid AS position, e.time, e.event_id, coalesce(a.canonical_id, e.user_id) AS user_id, e.insert_id, e.source, e.properties
            FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
            WHERE e.project_id = $project AND ($source IS NULL OR e.source = $source)
              AND ($event IS NULL OR e.event_id IN (SELECT event_id FROM event_name WHERE project_id = $project AND name = $event))
            ORDER BY e.time DESC, position DESC LIMIT $most OFFSET $after
        )
        SELECT l.time, n.name, i.distinct_id, l.insert_id, l.source, l.properties
        FROM latest l
        JOIN event_name n ON n.event_id = l.event_id
        LEFT JOIN identity i ON i.user_id = l.user_id
        ORDER BY l.time DESC, l.position DESC
        """;

    // What leads to a person; consumers see that there is something, and not what.
    private static readonly HashSet<string> Personal = new(StringComparer.OrdinalIgnoreCase)
    {
        "email", "$email", "userId", "user_id", "$user_id", "$iterable_user_id", "name", "$name", "firstName", "$first_name", "lastName", "$last_name",
        "phone", "$phone", "phoneNumber", "toPhoneNumber", "fromPhoneNumber", "ip",
    };

    public static void MapEvents(this IEndpointRouteBuilder api) =>
        api.MapGet("/projects/{projectId:int}/events", ListAsync).WithTags("events").RequireAuthorization(Policies.Consumer)
            .WithSummary("The latest events, by event name and source if given").Produces<Page<EventView>>();

    private static async Task<IResult> ListAsync(
        int projectId, Paging paging, string? @event, string? source, Caller caller, ControlDb db, DuckDbStore store, CancellationToken cancellationToken)
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
        var position = paging.After;
        var read = connection.Query(
            Latest,
            reader => (Position: ++position, View: new EventView(
                new DateTimeOffset(DateTime.SpecifyKind(reader.GetDateTime(0), DateTimeKind.Utc)), reader.GetString(1), Id(reader.TextOrNull(2), caller),
                reader.GetString(3), reader.TextOrNull(4), Properties(reader.GetString(5), caller))),
            ("project", projectId), ("source", Given(source)), ("event", Given(@event)), ("most", paging.Limit + 1), ("after", paging.After));
        return TypedResults.Ok(paging.Page(read, r => r.Position, r => r.View));
    }

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string? Id(string? distinctId, Caller caller) =>
        distinctId is null ? "" : caller.Role == Role.Consumer && distinctId.Contains('@', StringComparison.Ordinal) ? null : distinctId;

    private static JsonElement Properties(string json, Caller caller)
    {
        if (caller.Role != Role.Consumer)
        {
            return JsonElement.Parse(json);
        }

        var properties = JsonNode.Parse(json)!.AsObject();
        foreach (var name in properties.Select(p => p.Key).Where(Personal.Contains).ToList())
        {
            properties[name] = null;
        }

        return JsonSerializer.SerializeToElement(properties);
    }

    /// <param name="Time">When it happened.</param>
    /// <param name="Event">Its name.</param>
    /// <param name="DistinctId">Whose it is, by the canonical id; "": nobody's.</param>
    /// <param name="InsertId">What it is known by when it comes again.</param>
    /// <param name="Source">Which integration sent it.</param>
    /// <param name="Properties">Its properties.</param>
    private sealed record EventView(DateTimeOffset Time, string Event, string? DistinctId, string InsertId, string? Source, JsonElement Properties);
}
