using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Muster.Sandbox.Audience;
using Muster.Sandbox.Limits;

namespace Muster.Sandbox.Api;

/// <summary>The <c>/api/users</c> endpoints that have to do with who is who.</summary>
internal sealed class UserEndpoints(AudienceStore store, Profiles profiles, RequestBody body)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var lookups = CallLimit.Seconds("userLookups", 100);
        var deletes = CallLimit.Seconds("userDeletes", 100);
        var updates = CallLimit.Seconds("userUpdates", 500);
        var privacy = CallLimit.Seconds("privacy", 3);
        routes.MapGet("/api/users/getByEmail", context => GetByEmailAsync(context, context.Request.Query["email"])).WithMetadata(lookups);
        routes.MapGet("/api/users/{email}", context => GetByEmailAsync(context, Route(context, "email"))).WithMetadata(lookups);
        routes.MapGet("/api/users/byUserId", context => GetByUserIdAsync(context, context.Request.Query["userId"])).WithMetadata(lookups);
        routes.MapGet("/api/users/byUserId/{userId}", context => GetByUserIdAsync(context, Route(context, "userId"))).WithMetadata(lookups);
        routes.MapGet("/api/users/getFields", GetFieldsAsync).WithMetadata(CallLimit.Seconds("getFields", 3));
        routes.MapPost("/api/users/update", UpdateAsync).WithMetadata(updates);
        routes.MapPost("/api/users/bulkUpdate", BulkUpdateAsync).WithMetadata(CallLimit.Seconds("bulkUpdate", 5));
        routes.MapPost("/api/users/updateEmail", UpdateEmailAsync).WithMetadata(updates);
        routes.MapDelete("/api/users/{email}", DeleteByEmailAsync).WithMetadata(deletes);
        routes.MapDelete("/api/users/byUserId/{userId}", DeleteByUserIdAsync).WithMetadata(deletes);
        routes.MapPost("/api/users/forget", ForgetAsync).WithMetadata(privacy);
        routes.MapPost("/api/users/unforget", UnforgetAsync).WithMetadata(privacy);
        routes.MapGet("/api/users/forgotten", ForgottenAsync).WithMetadata(privacy);
        routes.MapGet("/api/users/forgottenUserIds", ForgottenUserIdsAsync).WithMetadata(privacy);
    }

    private Task GetByEmailAsync(HttpContext context, string? email) =>
        AnswerUserAsync(context, isEmail: true, Identifiers.Normal(email));

    private Task GetByUserIdAsync(HttpContext context, string? userId) => AnswerUserAsync(context, isEmail: false, userId);

    private Task AnswerUserAsync(HttpContext context, bool isEmail, string? identifier)
    {
        if (string.IsNullOrEmpty(identifier))
        {
            return Answers.RefuseAsync(context, ApiFault.BadParams(isEmail ? "email is required" : "userId is required"));
        }

        UserResponse answer;
        lock (store.Gate)
        {
            // Nobody there is a 200 with an empty object, as recorded from the real API.
            answer = (isEmail ? store.ByEmail : store.ByUserId).TryFind(identifier, out var user)
                ? new UserResponse { User = UserView.Of(user, store) }
                : new UserResponse();
        }

        return Answers.JsonAsync(context, answer, WireJson.Default.UserResponse);
    }

    private Task GetFieldsAsync(HttpContext context)
    {
        SortedDictionary<string, string> fields;
        lock (store.Gate)
        {
            fields = new(store.FieldTypes, StringComparer.Ordinal);
        }

        foreach (var (name, type) in UserView.FieldsOfEveryProject)
        {
            fields[name] = type;
        }

        return Answers.JsonAsync(context, new GetUserFieldsResponse(fields), WireJson.Default.GetUserFieldsResponse);
    }

    private async Task UpdateAsync(HttpContext context)
    {
        if (await body.ReadAsync(context, WireJson.Default.ApiUserUpdateRequest) is not { } request)
        {
            return;
        }

        var row = new SubscriberRow
        {
            Email = request.Email,
            UserId = request.UserId,
            DataFields = request.DataFields,
            MergeNestedObjects = request.MergeNestedObjects,
            PreferUserId = request.PreferUserId,
        };
        await Answers.DoneAsync(context, profiles.Update(row, request.CreateNewFields ?? true));
    }

    private async Task BulkUpdateAsync(HttpContext context)
    {
        if (await body.ReadAsync(context, WireJson.Default.BulkUpdateUsersRequest) is { } request)
        {
            await Answers.BulkAsync(context, profiles.UpdateAll(request.Users, request.CreateNewFields ?? true));
        }
    }

    private async Task UpdateEmailAsync(HttpContext context)
    {
        if (await body.ReadAsync(context, WireJson.Default.UpdateEmailRequest) is { } request)
        {
            await Answers.DoneAsync(context, profiles.ChangeEmail(request.CurrentEmail, request.CurrentUserId, request.NewEmail));
        }
    }

    private Task DeleteByEmailAsync(HttpContext context)
    {
        if (store.Options.ProjectType == SandboxProjectType.UserId)
        {
            return Answers.RefuseAsync(context, ApiFault.BadParams("Users of a userID-based project are deleted by userId"));
        }

        profiles.Delete(isEmail: true, Identifiers.Normal(Route(context, "email")));
        return Answers.SuccessAsync(context);
    }

    private Task DeleteByUserIdAsync(HttpContext context)
    {
        profiles.Delete(isEmail: false, Route(context, "userId"));
        return Answers.SuccessAsync(context);
    }

    private async Task ForgetAsync(HttpContext context)
    {
        if (await body.ReadAsync(context, WireJson.Default.UserRequest) is { } request)
        {
            await Answers.DoneAsync(context, profiles.Forget(request.Email, request.UserId));
        }
    }

    private async Task UnforgetAsync(HttpContext context)
    {
        if (await body.ReadAsync(context, WireJson.Default.UserRequest) is { } request)
        {
            await Answers.DoneAsync(context, profiles.Unforget(request.Email, request.UserId));
        }
    }

    private Task ForgottenAsync(HttpContext context) => store.Options.ProjectType == SandboxProjectType.UserId
        ? Answers.RefuseAsync(context, ApiFault.BadParams("A userID-based project forgets by userId: use forgottenUserIds"))
        : Answers.JsonAsync(
            context, new GetForgottenUserEmailsResponse(Hashes(store.ForgottenEmails)), WireJson.Default.GetForgottenUserEmailsResponse);

    private Task ForgottenUserIdsAsync(HttpContext context) => store.Options.ProjectType == SandboxProjectType.Email
        ? Answers.RefuseAsync(context, ApiFault.BadParams("An email-based project forgets by email: use forgotten"))
        : Answers.JsonAsync(
            context, new GetForgottenUserIdsResponse(Hashes(store.ForgottenUserIds)), WireJson.Default.GetForgottenUserIdsResponse);

    private List<string> Hashes(HashSet<string> identifiers)
    {
        lock (store.Gate)
        {
            return [.. identifiers.Select(identifier => Convert.ToHexStringLower(
                SHA256.HashData(Encoding.UTF8.GetBytes(identifier.Trim().ToLowerInvariant()))))];
        }
    }

    // Routing decodes everything but an encoded slash, which an identifier may have.
    private static string Route(HttpContext context, string name) =>
        ((string)context.GetRouteValue(name)!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
