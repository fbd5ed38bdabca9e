using Microsoft.AspNetCore.Diagnostics;
using Muster.Cohorts.Membership;
using Muster.Control;
using Muster.Control.Api;
using Muster.Warehouse;
using Muster.Web;

namespace Muster.Host.Serving;

/// <summary>Answers where no endpoint gave one: unknown routes, wrong methods, failures. No stack trace ever leaves.</summary>
internal static class Problems
{
    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = AnswerFailureAsync });
        app.UseStatusCodePages(context => Of(context.HttpContext).ExecuteAsync(context.HttpContext));
    }

    private static Task AnswerFailureAsync(HttpContext context)
    {
        var error = context.Features.Get<IExceptionHandlerFeature>()!.Error;
        var result = error switch
        {
            BadHttpRequestException bad => ApiProblem.Of(bad.StatusCode, CodeOf(bad.StatusCode), bad.Message),
            WarehouseUnavailableException => ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, "unavailable", error.Message),
            EvaluationException limit => ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, limit.Code, limit.Message),
            _ when ControlFeature.IsConflict(error) => ApiProblem.Of(StatusCodes.Status409Conflict, "conflict",
                "Somebody changed the same thing at the same moment, so nothing was changed here. Look at how it stands now, and send this again if it is still wanted."),
            _ => null,
        };
        if (result is null)
        {
            var logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Problems).FullName!);
            Log.RequestFailed(logger, context.TraceIdentifier, error);
            result = WebFeature.FailurePage(context) ?? ApiProblem.Of(StatusCodes.Status500InternalServerError, "internal",
                $"Something went wrong here; nothing you can mend. The log has more under {context.TraceIdentifier}.");
        }

        return result.ExecuteAsync(context);
    }

    private static IResult Of(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => ApiProblem.Of(404, "not_found", $"There is nothing at {context.Request.Path}. The calls there are: /docs."),
        StatusCodes.Status405MethodNotAllowed => ApiProblem.Of(405, "method_not_allowed",
            $"{context.Request.Path} does not take {context.Request.Method}; it takes {context.Response.Headers.Allow}."),
        StatusCodes.Status415UnsupportedMediaType => ApiProblem.Of(415, CodeOf(415),
            $"This call does not take a body of type '{context.Request.ContentType}'. Say so in the header Content-Type: application/json for JSON, text/csv or text/plain for an upload of ids."),
        var status => ApiProblem.Of(status, CodeOf(status), "The request cannot be answered as it is."),
    };

    private static string CodeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "unauthenticated",
        StatusCodes.Status403Forbidden => "forbidden",
        StatusCodes.Status413PayloadTooLarge => "too_large",
        StatusCodes.Status415UnsupportedMediaType => "unsupported_media_type",
        _ => "bad_request",
    };
}
