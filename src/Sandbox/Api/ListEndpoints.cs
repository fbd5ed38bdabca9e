using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Muster.Sandbox.Audience;
using Muster.Sandbox.Calls;
using Muster.Sandbox.Limits;

namespace Muster.Sandbox.Api;

/// <summary>The <c>/api/lists</c> endpoints.</summary>
internal sealed class ListEndpoints(AudienceStore store, Subscriptions subscriptions, RequestBody body)
{
    private const int MaxPreview = 5_000;
    private const int DefaultPreview = 1_000;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/lists", GetAsync).WithMetadata(CallLimit.Seconds("lists", 100));
        routes.MapPost("/api/lists", CreateAsync);
        routes.MapDelete("/api/lists/{listId:long}", DeleteAsync);
        routes.MapGet("/api/lists/{listId:long}/size", SizeAsync).WithMetadata(CallLimit.SlowRead("size"));
        routes.MapGet("/api/lists/getUsers", GetUsersAsync).WithMetadata(CallLimit.SlowRead("getUsers"));
        routes.MapGet("/api/lists/previewUsers", PreviewAsync).WithMetadata(CallLimit.SlowRead("previewUsers"));
        routes.MapPost("/api/lists/subscribe", SubscribeAsync).WithMetadata(CallLimit.Membership);
        routes.MapPost("/api/lists/unsubscribe", UnsubscribeAsync).WithMetadata(CallLimit.Membership);
    }

    private Task GetAsync(HttpContext context)
    {
        List<ListDetails> lists;
        lock (store.Gate)
        {
            lists = [.. store.Lists.Where(store.IsKnown).Reverse().Select(list =>
                new ListDetails(list.Id, list.Name, list.Description, list.CreatedAt.ToUnixTimeMilliseconds(), "Standard"))];
        }

        return Answers.JsonAsync(context, new GetListsResponse(lists), WireJson.Default.GetListsResponse);
    }

    private async Task CreateAsync(HttpContext context)
    {
        if (await body.ReadAsync(context, WireJson.Default.CreateListRequest) is not { } request)
        {
            return;
        }

        if (string.IsNullOrWhiteSpace(request.Name))
        {
            await Answers.RefuseAsync(context, ApiFault.BadParams("List name must not be empty"));
            return;
        }

        long id;
        lock (store.Gate)
        {
            id = store.CreateList(request.Name, request.Description).Id;
            store.Commit();
        }

        await Answers.JsonAsync(context, new CreateListResponse(id), WireJson.Default.CreateListResponse);
    }

    private Task DeleteAsync(HttpContext context)
    {
        var id = RouteId(context);
        lock (store.Gate)
        {
            if (!store.TryList(id, out var list))
            {
                return Answers.RefuseAsync(context, ApiFault.UnknownList(id));
            }

            if (list.InUse)
            {
                return Answers.RefuseAsync(context, new ApiFault(StatusCodes.Status409Conflict, "BadParams", "List is in use"));
            }

            store.DeleteList(id);
            store.Commit();
        }

        return Answers.SuccessAsync(context);
    }

    private Task SizeAsync(HttpContext context)
    {
        var id = RouteId(context);
        int size;
        lock (store.Gate)
        {
            if (!store.TryList(id, out var list))
            {
                return Answers.RefuseAsync(context, ApiFault.UnknownList(id));
            }

            size = list.ToldSize(store.Now, TimeSpan.FromMilliseconds(store.Options.SizeLagMs));
        }

        return Answers.TextAsync(context, size);
    }

    private Task GetUsersAsync(HttpContext context) => StreamAsync(context, members => members);

    private Task PreviewAsync(HttpContext context)
    {
        var wanted = DefaultPreview;
        if (context.Request.Query["size"].ToString() is { Length: > 0 } size
            && (!int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out wanted) || wanted is < 1 or > MaxPreview))
        {
            return Answers.RefuseAsync(context, ApiFault.BadParams("size must be 1 to 5000"));
        }

        return StreamAsync(context, members =>
        {
            Random.Shared.Shuffle(members);
            return members.AsSpan(0, Math.Min(wanted, members.Length)).ToArray();
        });
    }

    private async Task StreamAsync(HttpContext context, Func<User[], User[]> choose)
    {
        if (!long.TryParse(context.Request.Query["listId"], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            await Answers.RefuseAsync(context, ApiFault.BadParams("listId is required and is a number"));
            return;
        }

        User[]? members = null;
        lock (store.Gate)
        {
            if (store.TryList(id, out var list))
            {
                members = [.. list.Members.Keys];
            }
        }

        if (members is null)
        {
            await Answers.RefuseAsync(context, ApiFault.UnknownList(id));
            return;
        }

        var preferUserId = string.Equals(context.Request.Query["preferUserId"], "true", StringComparison.OrdinalIgnoreCase);
        context.Response.ContentType = "text/plain; charset=utf-8";
        await using var writer = new StreamWriter(context.Response.Body, bufferSize: 32 * 1024, leaveOpen: true);
        writer.NewLine = "\n";
        foreach (var member in choose(members))
        {
            await writer.WriteLineAsync(Named(member, preferUserId).AsMemory(), context.RequestAborted);
        }

        await writer.FlushAsync(context.RequestAborted);
    }

    private string? Named(User member, bool preferUserId) => store.Options.ProjectType switch
    {
        SandboxProjectType.Email => member.Email,
        SandboxProjectType.Hybrid when !preferUserId => member.Email ?? member.UserId,
        _ => member.UserId ?? member.Email,
    };

    private async Task SubscribeAsync(HttpContext context)
    {
        if (await body.ReadAsync(context, WireJson.Default.SubscribeRequest) is not { } request
            || await RefusedAsTooMany(context, request.ListId, request.Subscribers.Count))
        {
            return;
        }

        await AnswerAsync(
            context, request.ListId, subscriptions.Subscribe(request.ListId, request.Subscribers, request.UpdateExistingUsersOnly));
    }

    private async Task UnsubscribeAsync(HttpContext context)
    {
        if (await body.ReadAsync(context, WireJson.Default.UnsubscribeRequest) is not { } request
            || await RefusedAsTooMany(context, request.ListId, request.Subscribers.Count))
        {
            return;
        }

        await AnswerAsync(
            context, request.ListId, subscriptions.Unsubscribe(request.ListId, request.Subscribers, request.ChannelUnsubscribe));
    }

    private async Task<bool> RefusedAsTooMany(HttpContext context, long listId, int count)
    {
        if (context.Features.Get<SandboxCall>() is { } call)
        {
            (call.ListId, call.Subscribers) = (listId, count);
        }

        if (count <= store.Options.BatchLimit)
        {
            return false;
        }

        await Answers.RefuseAsync(context, new ApiFault(
            StatusCodes.Status400BadRequest, "BatchTooLarge", $"{count} subscribers in one call; at most {store.Options.BatchLimit}"));
        return true;
    }

    private static Task AnswerAsync(HttpContext context, long listId, BulkOutcome? outcome)
    {
        if (outcome is null)
        {
            return Answers.RefuseAsync(context, ApiFault.UnknownList(listId));
        }

        if (context.Features.Get<SandboxCall>() is { } call)
        {
            (call.SuccessCount, call.FailCount) = (outcome.SuccessCount, outcome.FailCount);
        }

        return Answers.BulkAsync(context, outcome);
    }

    private static long RouteId(HttpContext context) =>
        long.Parse((string)context.GetRouteValue("listId")!, CultureInfo.InvariantCulture);
}
