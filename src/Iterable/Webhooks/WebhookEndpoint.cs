using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Muster.Control.Api;
using Muster.Warehouse;
using Muster.Warehouse.Messages;

namespace Muster.Iterable.Webhooks;

/// <summary><c>POST /hooks/iterable/{connectionId}</c>: Iterable's system webhooks.</summary>
internal static class WebhookEndpoint
{
    private const string RetryAfterSeconds = "2";

    public static void MapWebhooks(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/hooks/iterable/{connectionId:int}", TakeAsync).WithTags("webhooks").AllowAnonymous()
            .WithSummary("Events that Iterable sends: one, or an array. Authorization is the connection's webhook.authorization")
            .Produces<Answer>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(413).ProducesProblem(503);

    private static async Task<IResult> TakeAsync(
        int connectionId, HttpContext context, WebhookGate gate, WebhookRoom room, IMessageStore store, TimeProvider clock,
        ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        WebhookGate.Known? connection;
        try
        {
            connection = await gate.FindAsync(connectionId, cancellationToken);
        }
        catch (CryptographicException e)
        {
            Log.WebhookKeysMissing(loggers.CreateLogger(typeof(WebhookEndpoint)), connectionId, e);
            return NotNow(context, "The connection's secrets cannot be read: the keys/ folder of the data folder is missing or another one. Bring it back; then Iterable sends this again.");
        }

        if (connection is null)
        {
            return ApiProblem.NotFound("connection");
        }

        if (!connection.Admits(context.Request.Headers.Authorization.ToString()))
        {
            return ApiProblem.Of(StatusCodes.Status401Unauthorized, "unauthenticated",
                "The Authorization header is not the one this connection expects. Enter the connection's webhook.authorization in Iterable, in Settings > System Webhooks.");
        }

        using var taken = await room.ReadAsync(context.Request, cancellationToken);
        if (taken.IsTooLarge)
        {
            return ApiProblem.Of(StatusCodes.Status413PayloadTooLarge, "too_large",
                $"The body is larger than {WebhookRoom.LargestBody} bytes; nothing of it was stored. Send fewer events in a call.");
        }

        if (taken.IsRefused)
        {
            return NotNow(context, "Too many events are waiting to be stored. Nothing of this call was; send it again in a moment.");
        }

        var arrival = clock.GetUtcNow().UtcDateTime;
        var body = WebhookBody.Read(taken.Bytes, connection, new DateTime(arrival.Ticks - (arrival.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc));
        MessageOutcome outcome;
        try
        {
            outcome = await store.AddAsync(body.Events, cancellationToken);
        }
        catch (WarehouseUnavailableException e)
        {
            Log.WebhookNotStored(loggers.CreateLogger(typeof(WebhookEndpoint)), connectionId, body.Events.Count, e);
            return NotNow(context, e.Message);
        }

        var answer = new Answer(outcome.Stored, outcome.Duplicates, outcome.Unresolved);
        if (body.Faults.Count == 0)
        {
            return TypedResults.Ok(answer);
        }

        Log.WebhookRefused(loggers.CreateLogger(typeof(WebhookEndpoint)), connectionId, body.Faults.Count, answer.Stored);
        return ApiProblem.Of(StatusCodes.Status400BadRequest, "invalid",
            string.Create(CultureInfo.InvariantCulture, $"{body.Faults.Count} of what was sent is no event; 'errors' names each. What is one was stored."),
            body.Faults, answer.Extensions());
    }

    private static IResult NotNow(HttpContext context, string detail)
    {
        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        return ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, "unavailable", detail);
    }

    private sealed record Answer(int Stored, int Duplicates, int Unresolved)
    {
        public Dictionary<string, object?> Extensions() => new(StringComparer.Ordinal)
        {
            ["stored"] = Stored,
            ["duplicates"] = Duplicates,
            ["unresolved"] = Unresolved,
        };
    }
}
