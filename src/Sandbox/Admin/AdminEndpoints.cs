using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Muster.Sandbox.Audience;
using Muster.Sandbox.Calls;
using Muster.Sandbox.Faults;
using Muster.Sandbox.Limits;

namespace Muster.Sandbox.Admin;

/// <summary>
/// <c>/sandbox/…</c>: looks into the sandbox, plants faults and changes lists behind a client's back. Needs no key,
/// hence loopback only; and JSON bodies only, which no foreign web page can send without asking first.
/// </summary>
internal sealed class AdminEndpoints(
    AudienceStore store, Subscriptions subscriptions, CallLog log, FaultPlan faults, PlantedSubscribers planted, CallLimits limits)
{
    public static Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments("/sandbox", StringComparison.Ordinal))
        {
            return next(context);
        }

        if (context.Connection.RemoteIpAddress is { } caller && !IPAddress.IsLoopback(caller))
        {
            return AnswerAsync(context, StatusCodes.Status403Forbidden, "/sandbox is for callers on this machine only");
        }

        // DELETE and PUT are never sent by a foreign page without asking first; a plain POST is.
        return HttpMethods.IsPost(context.Request.Method) && !context.Request.HasJsonContentType()
            ? AnswerAsync(context, StatusCodes.Status415UnsupportedMediaType, "Content-Type must be application/json")
            : next(context);
    }

    public void Map(IEndpointRouteBuilder routes)
    {
        var admin = routes.MapGroup("/sandbox");
        admin.MapGet("/state", StateAsync);
        admin.MapGet("/calls", CallsAsync);
        admin.MapDelete("/calls", context => DoAsync(context, log.Clear));
        admin.MapGet("/faults", context => JsonAsync(context, faults.Pending(), AdminJson.Default.IReadOnlyListPlantedFault));
        admin.MapPost("/faults", PlantFaultAsync);
        admin.MapDelete("/faults", context => DoAsync(context, faults.Clear));
        admin.MapPost("/subscribers", PlantSubscribersAsync);
        admin.MapDelete("/subscribers", context => DoAsync(context, planted.Clear));
        admin.MapPost("/lists/{listId:long}/members", ChangeMembersAsync);
        admin.MapPut("/lists/{listId:long}/in-use", MarkInUseAsync);
        admin.MapDelete("/lists/{listId:long}", DeleteListAsync);
        admin.MapPut("/settings", ChangeSettingsAsync);
        admin.MapPost("/reset", context => DoAsync(context, Reset));
    }

    private Task StateAsync(HttpContext context)
    {
        var withMembers = context.Request.Query["members"] != "false";
        SandboxState state;
        lock (store.Gate)
        {
            state = new SandboxState(
                JsonNamingPolicy.CamelCase.ConvertName(store.Options.ProjectType.ToString()),
                JsonNamingPolicy.CamelCase.ConvertName(store.Options.DataCenter.ToString()),
                SandboxSettings.Of(store.Options),
                store.Users.Count,
                [.. store.Users.Where(user => user.ChannelUnsubscribed).Select(user => user.Email ?? user.UserId!)],
                [.. store.Lists.Select(list => new StateList(
                    list.Id, list.Name, list.CreatedAt, list.InUse, list.Members.Count, withMembers ? Members(list) : null))]);
        }

        return JsonAsync(context, state, AdminJson.Default.SandboxState);
    }

    private static List<StateMember> Members(UserList list) =>
        [.. list.Members.Select(member =>
            new StateMember(member.Key.Email, member.Key.UserId, DateTimeOffset.FromUnixTimeMilliseconds(member.Value)))];

    private Task CallsAsync(HttpContext context)
    {
        _ = long.TryParse(context.Request.Query["after"], NumberStyles.None, CultureInfo.InvariantCulture, out var after);
        return JsonAsync(
            context, new SandboxCalls(log.MostInFlight, log.Totals(), log.Since(after)), AdminJson.Default.SandboxCalls);
    }

    private async Task PlantFaultAsync(HttpContext context)
    {
        if (await ReadAsync(context, AdminJson.Default.PlantedFault) is not { } fault)
        {
            return;
        }

        if (fault.Flaw() is { } flaw)
        {
            await AnswerAsync(context, StatusCodes.Status400BadRequest, flaw);
            return;
        }

        await DoAsync(context, () => faults.Plant(fault));
    }

    private async Task PlantSubscribersAsync(HttpContext context)
    {
        if (await ReadAsync(context, AdminJson.Default.PlantedRequest) is { } request)
        {
            await DoAsync(context, () => planted.Plant(request.Class, request.Emails ?? [], request.UserIds ?? []));
        }
    }

    private async Task ChangeMembersAsync(HttpContext context)
    {
        if (await ReadAsync(context, AdminJson.Default.MembersRequest) is not { } request)
        {
            return;
        }

        var id = RouteId(context);
        var removed = subscriptions.Unsubscribe(id, request.Remove ?? [], channelUnsubscribe: false);
        var added = subscriptions.Subscribe(id, request.Add ?? [], updateExistingUsersOnly: false);
        if (added is null || removed is null)
        {
            await NoListAsync(context);
            return;
        }

        await JsonAsync(context, new MembersChanged(added.SuccessCount, removed.SuccessCount), AdminJson.Default.MembersChanged);
    }

    private async Task MarkInUseAsync(HttpContext context)
    {
        if (await ReadAsync(context, AdminJson.Default.InUseRequest) is not { } request)
        {
            return;
        }

        await OnListAsync(context, list => store.MarkInUse(list, request.InUse));
    }

    private Task DeleteListAsync(HttpContext context) => OnListAsync(context, list => store.DeleteList(list.Id));

    private async Task ChangeSettingsAsync(HttpContext context)
    {
        if (await ReadAsync(context, AdminJson.Default.SandboxSettings) is not { } settings)
        {
            return;
        }

        var changed = settings.Over(store.Options);
        if (changed.Validate() is { Count: > 0 } flaws)
        {
            await AnswerAsync(context, StatusCodes.Status400BadRequest, string.Join("; ", flaws));
            return;
        }

        await DoAsync(context, () =>
        {
            store.ChangeOptions(changed);
            limits.Reset();
        });
    }

    private void Reset()
    {
        lock (store.Gate)
        {
            store.Clear();
        }

        faults.Clear();
        planted.Clear();
        limits.Reset();
        log.Clear();
    }

    private Task OnListAsync(HttpContext context, Action<UserList> change)
    {
        lock (store.Gate)
        {
            if (store.ListNumbered(RouteId(context)) is not { } list)
            {
                return NoListAsync(context);
            }

            change(list);
            store.Commit();
        }

        return AnswerAsync(context, StatusCodes.Status200OK, "done");
    }

    private static Task DoAsync(HttpContext context, Action change)
    {
        change();
        return AnswerAsync(context, StatusCodes.Status200OK, "done");
    }

    private static Task NoListAsync(HttpContext context) =>
        AnswerAsync(context, StatusCodes.Status404NotFound, "no such list");

    private static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            if (await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted) is { } request)
            {
                return request;
            }

            await AnswerAsync(context, StatusCodes.Status400BadRequest, "a JSON object is needed");
        }
        catch (JsonException exception)
        {
            await AnswerAsync(context, StatusCodes.Status400BadRequest, exception.Message);
        }

        return null;
    }

    private static Task AnswerAsync(HttpContext context, int status, string message) =>
        JsonAsync(context, new AdminAnswer(message), AdminJson.Default.AdminAnswer, status);

    private static Task JsonAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, value, type, context.RequestAborted);
    }

    private static long RouteId(HttpContext context) =>
        long.Parse((string)context.GetRouteValue("listId")!, CultureInfo.InvariantCulture);
}
