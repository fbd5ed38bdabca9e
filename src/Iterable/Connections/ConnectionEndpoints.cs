using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Muster.Control;
using Muster.Control.Api;

namespace Muster.Iterable.Connections;

internal static class ConnectionEndpoints
{
    public static void MapConnections(this IEndpointRouteBuilder api)
    {
        var ofProject = api.MapGroup("/projects/{projectId:int}/connections").WithTags("connections");
        ofProject.MapPost("/", CreateAsync).RequireAuthorization(Policies.Admin)
            .WithSummary("Connect Iterable; the key is tried first").Accepts<NewConnection>("application/json").Produces<ConnectionView>(201);
        ofProject.MapGet("/", ListAsync).RequireAuthorization(Policies.Consumer)
            .WithSummary("List a project's connections, disconnected ones too").Produces<Page<ConnectionView>>();
        var one = api.MapGroup("/connections/{id:int}").WithTags("connections");
        one.MapGet("/", GetAsync).RequireAuthorization(Policies.Consumer)
            .WithSummary("One connection").Produces<ConnectionView>();
        one.MapPatch("/", ChangeAsync).RequireAuthorization(Policies.Admin)
            .WithSummary("Change name, key or user id policy; a new key is tried first").Accepts<ConnectionChange>("application/json").Produces<ConnectionView>();
        one.MapDelete("/", DisconnectAsync).RequireAuthorization(Policies.Admin)
            .WithSummary("Disconnect: syncs stop, the key is destroyed, lists and history stay").Produces(204);
    }

    private static async Task<IResult> CreateAsync(
        int projectId, RequestBody body, Caller caller, ControlDb db, KeyTrial trial, Secrets secrets, TimeProvider clock,
        HttpRequest request, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        body.Enum<ConnectionType>("type");
        var name = body.Text("name");
        var apiKey = ApiKey(body, body.Text("apiKey"));
        var dataCenter = body.Enum<DataCenter>("dataCenter");
        var projectType = body.OptionalEnum<ProjectType>("projectType") ?? ProjectType.Email;
        var userIdFallback = body.OptionalEnum<UserIdFallback>("userIdFallback") ?? UserIdFallback.None;
        if (dataCenter == DataCenter.Eu && projectType == ProjectType.Email)
        {
            body.AddFault("projectType", "must be \"hybrid\" or \"userId\": Iterable's EU data center has no email-based projects");
        }

        if (body.HasFaults(out var problem))
        {
            return problem;
        }

        if (!caller.Sees(projectId) || !await db.Projects.AnyAsync(p => p.Id == projectId, cancellationToken))
        {
            return ApiProblem.NotFound("project");
        }

        if (await trial.TryAsync(dataCenter, apiKey, cancellationToken) is { } refusal)
        {
            return ApiProblem.Of(StatusCodes.Status422UnprocessableEntity, refusal.Code, refusal.Detail);
        }

        var connection = new Connection
        {
            ProjectId = projectId,
            Name = name,
            Status = ConnectionStatus.Connected,
            DataCenter = dataCenter,
            ProjectType = projectType,
            UserIdFallback = userIdFallback,
            ProtectedApiKey = secrets.Protect(apiKey),
            ApiKeyHint = Secrets.Hint(apiKey),
            ProtectedWebhookAuthorization = secrets.Protect(NewWebhookAuthorization()),
            CreatedAt = clock.GetUtcNow(),
            CreatedBy = caller.Name,
        };
        db.Connections.Add(connection);
        await db.SaveChangesAsync(cancellationToken);
        Log.Connected(loggers.CreateLogger(typeof(ConnectionEndpoints)), connection.Id, projectId);
        return TypedResults.Created($"/api/v1/connections/{connection.Id}", ConnectionView.Of(connection, caller, request, secrets));
    }

    private static async Task<IResult> ListAsync(
        int projectId, Paging paging, Caller caller, ControlDb db, Secrets secrets, HttpRequest request, CancellationToken cancellationToken)
    {
        if (paging.Problem is { } problem)
        {
            return problem;
        }

        if (!caller.Sees(projectId) || !await db.Projects.AnyAsync(p => p.Id == projectId, cancellationToken))
        {
            return ApiProblem.NotFound("project");
        }

        var read = await db.Connections.AsNoTracking()
            .Where(c => c.ProjectId == projectId && c.Id > paging.After)
            .OrderBy(c => c.Id).Take(paging.Limit + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(paging.Page(read, c => c.Id, c => ConnectionView.Of(c, caller, request, secrets)));
    }

    private static async Task<IResult> GetAsync(
        int id, Caller caller, ControlDb db, Secrets secrets, HttpRequest request, CancellationToken cancellationToken) =>
        await FindAsync(db, id, caller, cancellationToken) is { } connection
            ? TypedResults.Ok(ConnectionView.Of(connection, caller, request, secrets))
            : ApiProblem.NotFound("connection");

    private static async Task<IResult> ChangeAsync(
        int id, RequestBody body, Caller caller, ControlDb db, KeyTrial trial, Secrets secrets, HttpRequest request, CancellationToken cancellationToken)
    {
        var name = body.OptionalText("name");
        var apiKey = body.OptionalText("apiKey") is { } given ? ApiKey(body, given) : null;
        var userIdFallback = body.OptionalEnum<UserIdFallback>("userIdFallback");
        if (body.HasFaults(out var problem))
        {
            return problem;
        }

        if (await FindAsync(db, id, caller, cancellationToken) is not { } connection)
        {
            return ApiProblem.NotFound("connection");
        }

        if (apiKey is not null && connection.Status == ConnectionStatus.Connected)
        {
            if (await trial.TryAsync(connection.DataCenter, apiKey, cancellationToken) is { } refusal)
            {
                return ApiProblem.Of(StatusCodes.Status422UnprocessableEntity, refusal.Code, refusal.Detail);
            }

            // It may have been disconnected during the trial, which must not bring a key back.
            await db.Entry(connection).ReloadAsync(cancellationToken);
        }

        if (connection.Status == ConnectionStatus.Disconnected)
        {
            return ApiProblem.Conflict("The connection was disconnected and cannot be changed any more. Connect Iterable again; its syncs take the same lists.");
        }

        if (apiKey is not null)
        {
            connection.ProtectedApiKey = secrets.Protect(apiKey);
            connection.ApiKeyHint = Secrets.Hint(apiKey);
        }

        connection.Name = name ?? connection.Name;
        connection.UserIdFallback = userIdFallback ?? connection.UserIdFallback;
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(ConnectionView.Of(connection, caller, request, secrets));
    }

    private static async Task<IResult> DisconnectAsync(
        int id, Caller caller, ControlDb db, Disconnection disconnection, CancellationToken cancellationToken)
    {
        if (await FindAsync(db, id, caller, cancellationToken) is not { } connection)
        {
            return ApiProblem.NotFound("connection");
        }

        await disconnection.DisconnectAsync(connection, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Connection?> FindAsync(ControlDb db, int id, Caller caller, CancellationToken cancellationToken) =>
        await db.Connections.SingleOrDefaultAsync(c => c.Id == id, cancellationToken) is { } connection && caller.Sees(connection.ProjectId)
            ? connection
            : null;

    // It goes into a header: anything but visible ASCII would break it or be a slip of copying.
    private static string ApiKey(RequestBody body, string apiKey)
    {
        if (!apiKey.All(c => c is > ' ' and <= '~'))
        {
            body.AddFault("apiKey", "must be 1-255 visible ASCII characters without spaces");
        }

        return apiKey;
    }

    // Iterable sends 'Authorization: Basic TOKEN' with whatever token it was given.
    private static string NewWebhookAuthorization() =>
        "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("muster:" + Secrets.New(24)));

    [JsonConverter(typeof(JsonStringEnumConverter<ConnectionType>))]
    private enum ConnectionType
    {
        [JsonStringEnumMemberName("iterable")] Iterable,
    }

    private sealed record NewConnection(
        ConnectionType Type, string Name, string ApiKey, DataCenter DataCenter, ProjectType? ProjectType, UserIdFallback? UserIdFallback);

    private sealed record ConnectionChange(string? Name, string? ApiKey, UserIdFallback? UserIdFallback);
}
