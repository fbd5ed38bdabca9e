using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Control.Api;
using Muster.Iterable.Calls;

namespace Muster.Iterable.Webhooks;

/// <summary>Whether Iterable is set up to send its events here.</summary>
internal static class WebhookCheckEndpoint
{
    public static void MapWebhookCheck(this IEndpointRouteBuilder api) =>
        api.MapGet("/connections/{id:int}/webhook", CheckAsync).WithTags("webhooks").RequireAuthorization(Policies.Analyst)
            .WithSummary("Ask Iterable whether its webhook to here is there, enabled and authenticated").Produces<WebhookCheckView>();

    private static async Task<IResult> CheckAsync(
        int id, HttpRequest request, Caller caller, ControlDb db, WebhookCheck check, CancellationToken cancellationToken)
    {
        var connection = await db.Connections.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken);
        if (connection is null || !caller.Sees(connection.ProjectId))
        {
            return ApiProblem.NotFound("connection");
        }

        if (connection.Status == ConnectionStatus.Disconnected)
        {
            return ApiProblem.Conflict("The connection was disconnected: its key is gone, and events sent to it are refused. Connect Iterable again.");
        }

        try
        {
            var url = new Uri(string.Create(CultureInfo.InvariantCulture, $"{request.Scheme}://{request.Host}{request.PathBase}/hooks/iterable/{id}"));
            return TypedResults.Ok(await check.AskAsync(connection, url, cancellationToken));
        }
        catch (CallFaultException e) when (e.Fault.Kind is FaultKind.Unauthorized or FaultKind.Forbidden)
        {
            return ApiProblem.Of(StatusCodes.Status422UnprocessableEntity, "iterable_key_rejected",
                $"Iterable {e.Message}: the connection's API key may not read webhooks. Put a server-side (Standard) key without restrictions on the connection, or look at Integrations > System Webhooks in Iterable yourself.");
        }
        catch (CallFaultException e)
        {
            return ApiProblem.Of(StatusCodes.Status422UnprocessableEntity, "iterable_unreachable",
                $"Iterable {e.Message}, so its webhooks could not be read. Try again in a minute.");
        }
        catch (CryptographicException)
        {
            return ApiProblem.Conflict("The connection's API key cannot be read: the keys/ folder of the data folder is missing or another one. Bring it back, or put the key on the connection again.");
        }
    }
}
