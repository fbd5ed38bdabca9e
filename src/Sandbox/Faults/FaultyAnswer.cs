using System.Globalization;
using Microsoft.AspNetCore.Http;
using Muster.Sandbox.Api;
using Muster.Sandbox.Audience;

namespace Muster.Sandbox.Faults;

/// <summary>Answers a call the way its planted fault says.</summary>
internal static class FaultyAnswer
{
    private const string Page =
        "<!doctype html><html><head><title>Please wait</title></head><body><h1>Back in a moment</h1></body></html>";

    private static readonly byte[] StandIn = """{"successCount":1,"failCount":0,"failedUpdates":{}}"""u8.ToArray();

    /// <param name="context">The call.</param>
    /// <param name="fault">What to do to it.</param>
    /// <param name="answer">The answer it would have got, when its change was made.</param>
    public static async Task SendAsync(HttpContext context, PlantedFault fault, ReadOnlyMemory<byte> answer)
    {
        switch (fault.Kind)
        {
            case FaultKind.Status:
                if (fault.RetryAfter is { } seconds)
                {
                    context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
                }

                await Answers.RefuseAsync(context, AsIterable(fault.Status));
                break;
            case FaultKind.Html:
                context.Response.StatusCode = StatusCodes.Status200OK;
                context.Response.ContentType = "text/html; charset=utf-8";
                await context.Response.WriteAsync(Page, context.RequestAborted);
                break;
            case FaultKind.Cut:
                var whole = answer.IsEmpty ? StandIn : answer;
                context.Response.StatusCode = StatusCodes.Status200OK;
                context.Response.ContentType = "application/json";
                context.Response.ContentLength = whole.Length;
                await context.Response.Body.WriteAsync(whole[..(whole.Length / 2)], context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                context.Abort();
                break;
            default:
                context.Abort();
                break;
        }
    }

    private static ApiFault AsIterable(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => new ApiFault(status, "BadApiKey", "Invalid API key"),
        StatusCodes.Status403Forbidden => new ApiFault(status, "Forbidden", "Forbidden"),
        StatusCodes.Status404NotFound => new ApiFault(status, "NotFound", "Not found"),
        StatusCodes.Status413PayloadTooLarge => new ApiFault(status, "BatchTooLarge", "The request body is larger than 4 MB"),
        StatusCodes.Status429TooManyRequests => new ApiFault(status, "RateLimitExceeded", "Exceeded rate limit."),
        < 500 => new ApiFault(status, "BadParams", "Invalid parameters"),
        _ => new ApiFault(status, "GenericError", "Service temporarily unavailable"),
    };
}
