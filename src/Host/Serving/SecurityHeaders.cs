namespace Muster.Host.Serving;

/// <summary>What every answer tells browsers about what they may do with it.</summary>
internal static class SecurityHeaders
{
    /// <summary>
    /// Pages load nothing from elsewhere, run no script that stands in them, and are shown in nobody's frame. Styles may
    /// stand in elements: components set sizes and colours that way.
    /// </summary>
    private const string PagePolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>The page at /docs starts with a script that stands in it; it too loads nothing from elsewhere.</summary>
    private const string DocsPolicy =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        + "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Answers for programs are no pages, even where someone opens one in a browser.</summary>
    private const string DataPolicy = "default-src 'none'; frame-ancestors 'none'";

    private const string OneYear = "max-age=31536000";

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        // At the last moment: an answer that is begun anew, for a failure, has them too.
        context.Response.OnStarting(static state => Add((HttpContext)state), context);
        return next(context);
    });

    private static Task Add(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers.ContentSecurityPolicy = PolicyOf(context);
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = OneYear;
        }

        // What someone signed in for must not be found in a cache by the next one.
        if (headers.CacheControl.Count == 0 && context.User.Identity is { IsAuthenticated: true })
        {
            headers.CacheControl = "no-store";
        }

        return Task.CompletedTask;
    }

    private static string PolicyOf(HttpContext context) =>
        context.Response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) != true ? DataPolicy
        : context.Request.Path.StartsWithSegments("/docs", StringComparison.OrdinalIgnoreCase) ? DocsPolicy
        : PagePolicy;
}
