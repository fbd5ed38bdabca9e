using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Control.Api;
using Muster.Control.Forwarding;
using Muster.Warehouse.Forwarding;

namespace Muster.Mixpanel.Forwarding;

/// <summary>Whether and where the events of a connection go on to.</summary>
internal static class ForwardingEndpoints
{
    public static void MapForwarding(this IEndpointRouteBuilder api)
    {
        var forwarding = api.MapGroup("/connections/{id:int}/forwarding").WithTags("forwarding");
        forwarding.MapGet("/", GetAsync).RequireAuthorization(Policies.Consumer)
            .WithSummary("Whether the connection's events go on to Mixpanel, how that stands, and how many wait").Produces<ForwardingView>();
        forwarding.MapPut("/", PutAsync).RequireAuthorization(Policies.Admin)
            .WithSummary("Forward events from Iterable to a project in Mixpanel; what is left out stays as it is, and what had stopped goes on")
            .Accepts<ForwardingRequest>("application/json").Produces<ForwardingView>();
        forwarding.MapDelete("/", DeleteAsync).RequireAuthorization(Policies.Admin)
            .WithSummary("Forward no more: the secret is destroyed, and what waits or was refused is forgotten").Produces(204);
    }

    /// <summary>The connection, when the caller may see it.</summary>
    public static async Task<Connection?> FindAsync(ControlDb db, int id, Caller caller, CancellationToken cancellationToken) =>
        await db.Connections.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken) is { } connection && caller.Sees(connection.ProjectId)
            ? connection
            : null;

    private static async Task<IResult> GetAsync(
        int id, Caller caller, ControlDb db, IForwardQueue queue, ForwardingWorker worker, CancellationToken cancellationToken)
    {
        if (await FindAsync(db, id, caller, cancellationToken) is null)
        {
            return ApiProblem.NotFound("connection");
        }

        var settings = await db.ForwardingSettings.AsNoTracking().SingleOrDefaultAsync(s => s.ConnectionId == id, cancellationToken);
        return TypedResults.Ok(ForwardingView.Of(settings, queue.Depth(id), worker.Of(id)));
    }

    private static async Task<IResult> PutAsync(
        int id, RequestBody body, Caller caller, ControlDb db, IForwardQueue queue, ForwardingWorker worker, Secrets secrets,
        IEnumerable<IForwardingChanged> listeners, TimeProvider clock, CancellationToken cancellationToken)
    {
        bool? enabled = Flag(body, "enabled");
        var projectId = body.OptionalWholeNumber("mixpanelProjectId", 1, long.MaxValue);
        var residency = body.OptionalEnum<DataResidency>("dataResidency");
        var account = body.OptionalText("serviceAccount");
        var secret = body.OptionalText("serviceAccountSecret");
        if (account?.Contains(':', StringComparison.Ordinal) == true)
        {
            body.AddFault("serviceAccount", "must be the service account's user name, which has no ':' in it");
        }

        var connection = await FindAsync(db, id, caller, cancellationToken);
        var settings = await db.ForwardingSettings.SingleOrDefaultAsync(s => s.ConnectionId == id, cancellationToken);
        if (connection is not null && settings is null)
        {
            Require(body, "mixpanelProjectId", "serviceAccount", "serviceAccountSecret");
        }

        if (body.HasFaults(out var problem))
        {
            return problem;
        }

        if (connection is null)
        {
            return ApiProblem.NotFound("connection");
        }

        if (connection.Status == ConnectionStatus.Disconnected)
        {
            return ApiProblem.Conflict("The connection was disconnected: no events come over it any more. Connect Iterable again and forward those of the new connection.");
        }

        if (settings is null)
        {
            settings = new ForwardingSettings
            {
                ConnectionId = id,
                ProjectId = connection.ProjectId,
                Enabled = true,
                MixpanelProjectId = projectId!.Value,
                DataResidency = DataResidency.Us,
                ServiceAccount = account!,
                ProtectedSecret = "",
                UpdatedAt = clock.GetUtcNow(),
                UpdatedBy = caller.Name,
            };
            db.ForwardingSettings.Add(settings);
        }

        settings.Enabled = enabled ?? settings.Enabled;
        settings.MixpanelProjectId = projectId ?? settings.MixpanelProjectId;
        settings.DataResidency = residency ?? settings.DataResidency;
        settings.ServiceAccount = account ?? settings.ServiceAccount;
        settings.ProtectedSecret = secret is null ? settings.ProtectedSecret : secrets.Protect(secret);
        (settings.StoppedReason, settings.StoppedAt) = (null, null);
        (settings.UpdatedAt, settings.UpdatedBy) = (clock.GetUtcNow(), caller.Name);
        await db.SaveChangesAsync(cancellationToken);
        await TellAsync(listeners, id);
        return TypedResults.Ok(ForwardingView.Of(settings, queue.Depth(id), worker.Of(id)));
    }

    private static async Task<IResult> DeleteAsync(
        int id, Caller caller, ControlDb db, IEnumerable<IForwardingChanged> listeners, CancellationToken cancellationToken)
    {
        if (await FindAsync(db, id, caller, cancellationToken) is null)
        {
            return ApiProblem.NotFound("connection");
        }

        await db.ForwardingSettings.Where(s => s.ConnectionId == id).ExecuteDeleteAsync(cancellationToken);
        await TellAsync(listeners, id);
        return TypedResults.NoContent();
    }

    // It is in control data: whoever asked may go, the others must know.
    private static async Task TellAsync(IEnumerable<IForwardingChanged> listeners, int connectionId)
    {
        foreach (var listener in listeners)
        {
            await listener.ChangedAsync(connectionId, CancellationToken.None);
        }
    }

    private static void Require(RequestBody body, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (!body.Has(key))
            {
                body.AddFault(key, "is required");
            }
        }
    }

    private static bool? Flag(RequestBody body, string key)
    {
        if (!body.Has(key))
        {
            return null;
        }

        var given = body.Json(key);
        if (given.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            body.AddFault(key, "must be true or false");
        }

        return given.ValueKind == JsonValueKind.True;
    }

    private sealed record ForwardingRequest(
        bool? Enabled, long? MixpanelProjectId, DataResidency? DataResidency, string? ServiceAccount, string? ServiceAccountSecret);
}
