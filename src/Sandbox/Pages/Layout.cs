using Microsoft.AspNetCore.Http;

namespace Muster.Sandbox.Pages;

/// <summary>The frame of every page.</summary>
internal static class Layout
{
    public static async Task SendAsync(HttpContext context, SandboxOptions options, string title, Markup main, int status = StatusCodes.Status200OK)
    {
        var type = options.ProjectType switch
        {
            SandboxProjectType.Email => "email-based",
            SandboxProjectType.Hybrid => "hybrid",
            _ => "userID-based",
        };
        var center = options.DataCenter == SandboxDataCenter.Eu ? "EU" : "US";
        var page = Markup.Of($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{title} · Iterable sandbox</title>
            <link rel="stylesheet" href="/sandbox.css">
            <link rel="icon" href="data:,">
            </head>
            <body>
            <header>
            <a class="brand" href="/"><span class="mark" aria-hidden="true"></span>Iterable sandbox</a>
            <span class="facts"><span class="tag">{type}</span> <span class="tag">{center}</span></span>
            </header>
            <main>
            {main}
            </main>
            <footer>A stand-in for Iterable, for trying and testing. It sends nothing to anyone.</footer>
            </body>
            </html>

            """);
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        await context.Response.WriteAsync(page.Text, context.RequestAborted);
    }
}
