using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Muster.Control;
using Muster.Control.Api;
using Muster.Control.Tokens;
using Muster.Warehouse.Forwarding;

namespace Muster.Mixpanel.Forwarding;

/// <summary>The events that Mixpanel refused.</summary>
internal static class DeadLetterEndpoints
{
    private const int MostIds = 1000;

    public static void MapDeadLetters(this IEndpointRouteBuilder api)
    {
        var letters = api.MapGroup("/connections/{id:int}/forwarding/dead-letters").WithTags("forwarding");
        letters.MapGet("/", ListAsync).RequireAuthorization(Policies.Consumer)
            .WithSummary("Events that Mixpanel refused, and why").Produces<Page<DeadLetterView>>();
        letters.MapPost("/retry", RetryAsync).RequireAuthorization(Policies.Admin)
            .WithSummary("Put refused events back into the queue: all, or those of the ids given").Accepts<IdsRequest>("application/json").Produces<RetryView>();
        letters.MapPost("/discard", DiscardAsync).RequireAuthorization(Policies.Admin)
            .WithSummary("Forget refused events, all or those of the ids given; they stay in Muster").Accepts<IdsRequest>("application/json").Produces<DiscardView>();
    }

    private static async Task<IResult> ListAsync(
        int id, Paging paging, Caller caller, ControlDb db, IForwardQueue queue, CancellationToken cancellationToken)
    {
        if (paging.Problem is { } problem)
        {
            return problem;
        }

        if (await ForwardingEndpoints.FindAsync(db, id, caller, cancellationToken) is null)
        {
            return ApiProblem.NotFound("connection");
        }

        var read = queue.Refused(id, paging.After, paging.Limit + 1);
        return TypedResults.Ok(paging.Page(read, r => r.Event.Position, r => DeadLetterView.Of(r, caller)));
    }

    private static async Task<IResult> RetryAsync(
        int id, RequestBody body, Caller caller, ControlDb db, IForwardQueue queue, CancellationToken cancellationToken)
    {
        var ids = Ids(body);
        if (body.HasFaults(out var problem))
        {
            return problem;
        }

        return await ForwardingEndpoints.FindAsync(db, id, caller, cancellationToken) is null
            ? ApiProblem.NotFound("connection")
            : TypedResults.Ok(new RetryView(await queue.RetryAsync(id, ids, cancellationToken)));
    }

    private static async Task<IResult> DiscardAsync(
        int id, RequestBody body, Caller caller, ControlDb db, IForwardQueue queue, CancellationToken cancellationToken)
    {
        var ids = Ids(body);
        if (body.HasFaults(out var problem))
        {
            return problem;
        }

        return await ForwardingEndpoints.FindAsync(db, id, caller, cancellationToken) is null
            ? ApiProblem.NotFound("connection")
            : TypedResults.Ok(new DiscardView(await queue.DiscardAsync(id, ids, cancellationToken)));
    }

    private static List<long>? Ids(RequestBody body)
    {
        if (!body.Has("ids"))
        {
            return null;
        }

        var given = body.Json("ids");
        var ids = new List<long>();
        if (given.ValueKind != JsonValueKind.Array || given.GetArrayLength() > MostIds)
        {
            body.AddFault("ids", $"must be a list of at most {MostIds} ids of dead letters; leave it out for all");
            return ids;
        }

        foreach (var (index, item) in given.EnumerateArray().Index())
        {
            if (item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var id))
            {
                ids.Add(id);
            }
            else
            {
                body.AddFault(new Fault($"/ids/{index}", "must be the id of a dead letter"));
            }
        }

        return ids;
    }

    private sealed record IdsRequest(IReadOnlyList<long>? Ids);

    /// <param name="Retried">How many went back into the queue.</param>
    private sealed record RetryView(int Retried);

    /// <param name="Discarded">How many were forgotten.</param>
    private sealed record DiscardView(int Discarded);

    /// <param name="Id">Its id, while it is one.</param>
    /// <param name="Event">The event's name.</param>
    /// <param name="Time">When it happened.</param>
    /// <param name="DistinctId">Whose it is; "": nobody's. Null to consumers where it is an address.</param>
    /// <param name="InsertId">What it is known by.</param>
    /// <param name="Field">What of it Mixpanel finds wrong; null: it did not say.</param>
    /// <param name="Message">Why Mixpanel refused it. Null to consumers: it may repeat a value.</param>
    /// <param name="RefusedAt">When.</param>
    private sealed record DeadLetterView(
        long Id, string Event, DateTimeOffset Time, string? DistinctId, string InsertId, string? Field, string? Message, DateTimeOffset RefusedAt)
    {
        public static DeadLetterView Of(RefusedEvent refused, Caller caller)
        {
            var isMasked = caller.Role == Role.Consumer;
            return new DeadLetterView(
                refused.Event.Position, refused.Event.Name, new DateTimeOffset(refused.Event.Time),
                isMasked && refused.Event.DistinctId.Contains('@', StringComparison.Ordinal) ? null : refused.Event.DistinctId,
                refused.Event.InsertId, refused.Refusal.Field, isMasked ? null : refused.Refusal.Reason, new DateTimeOffset(refused.Refusal.At));
        }
    }
}
