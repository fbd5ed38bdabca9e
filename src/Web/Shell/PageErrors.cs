using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Muster.Web.Home;

namespace Muster.Web.Shell;

/// <summary>Shows people a page where a program gets a problem; and says to browsers what pages may load.</summary>
internal sealed class PageErrors(RequestDelegate next)
{
    // Inline styles are needed: components place and size what they show by style attributes. Scripts are files only.
    private const string ContentPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    private static readonly string[] ForPrograms = ["/api", "/hooks", "/openapi", "/health", "/docs", "/_framework", "/_content", "/_blazor"];

    /// <summary>The page for someone whose request failed; null: it was a program's.</summary>
    public static IResult? Failure(HttpContext context) => IsForPeople(context.Request)
        ? new RazorComponentResult<FailurePage>(new Dictionary<string, object?> { [nameof(FailurePage.Trace)] = context.TraceIdentifier }) { StatusCode = StatusCodes.Status500InternalServerError }
        : null;

    public async Task InvokeAsync(HttpContext context)
    {
        if (!IsForPeople(context.Request))
        {
            await next(context);
            return;
        }

        context.Response.OnStarting(Protect, context);
        await next(context);
        if (context.Response is { StatusCode: StatusCodes.Status404NotFound, HasStarted: false } && context.GetEndpoint() is null)
        {
            // The status stays: the page is for the person, the status for everyone else.
            context.Features.Set<IStatusCodeReExecuteFeature>(new StatusCodeReExecuteFeature
            {
                OriginalPathBase = context.Request.PathBase,
                OriginalPath = context.Request.Path,
                OriginalQueryString = context.Request.QueryString.Value,
            });
            context.Request.Path = "/not-found";
            await next(context);
        }
    }

    private static bool IsForPeople(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsPost(request.Method))
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
        && !ForPrograms.Any(p => request.Path.StartsWithSegments(p));

    private static Task Protect(object state)
    {
        var headers = ((HttpContext)state).Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        return Task.CompletedTask;
    }
}
