using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Muster.Sandbox.Audience;

namespace Muster.Sandbox.Api;

/// <summary>Writes the API's answers.</summary>
internal static class Answers
{
    public static async Task JsonAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    public static Task SuccessAsync(HttpContext context, string message = "") =>
        JsonAsync(context, new IterableApiResponse(message, "Success", null), WireJson.Default.IterableApiResponse);

    public static Task RefuseAsync(HttpContext context, ApiFault fault) =>
        JsonAsync(
            context,
            new IterableApiResponse(fault.Message, fault.Code, (System.Text.Json.Nodes.JsonObject?)fault.Params?.DeepClone()),
            WireJson.Default.IterableApiResponse,
            fault.Status);

    public static Task DoneAsync(HttpContext context, ApiFault? fault, string message = "") =>
        fault is null ? SuccessAsync(context, message) : RefuseAsync(context, fault);

    public static async Task TextAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(text, context.RequestAborted);
    }

    public static Task TextAsync(HttpContext context, int number) =>
        TextAsync(context, number.ToString(CultureInfo.InvariantCulture));

    public static Task BulkAsync(HttpContext context, BulkOutcome outcome) => JsonAsync(
        context,
        new UserBulkUpdateListResponse(
            outcome.SuccessCount,
            outcome.FailCount,
            outcome.Emails(FailureClass.Invalid),
            outcome.UserIds(FailureClass.Invalid),
            outcome.FilteredOutFields,
            outcome.CreatedFields,
            new FailedUserUpdates(
                outcome.Emails(FailureClass.Invalid),
                outcome.UserIds(FailureClass.Invalid),
                outcome.Emails(FailureClass.NotFound),
                outcome.UserIds(FailureClass.NotFound),
                outcome.Emails(FailureClass.InvalidData),
                outcome.UserIds(FailureClass.InvalidData),
                outcome.Emails(FailureClass.Conflict),
                outcome.UserIds(FailureClass.Conflict),
                outcome.Emails(FailureClass.Forgotten),
                outcome.UserIds(FailureClass.Forgotten))),
        WireJson.Default.UserBulkUpdateListResponse);

    /// <summary>What Iterable's servers answer to a path they do not know: a page, not JSON.</summary>
    public static async Task NoSuchActionAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(
            "<!doctype html><html><head><title>Action not found</title></head><body><h1>Action not found</h1></body></html>",
            context.RequestAborted);
    }
}
