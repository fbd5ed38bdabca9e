using System.Net;
using Microsoft.AspNetCore.Authorization;
using Muster.Control.Api;
using Muster.Control.Tokens;

namespace Muster.Host.Serving;

/// <summary><c>GET /metrics</c>: the figures of this process as Prometheus reads them, for this machine and for admins of every project.</summary>
internal static class Metrics
{
    private const string Path = "/metrics";

    // What a proxy in front adds: a request that came through one is not this machine's, though its connection is.
    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Forwarded-For", "X-Real-IP"];

    public static void MapMetrics(this WebApplication app)
    {
        var page = ((IApplicationBuilder)app).New().UseOpenTelemetryPrometheusScrapingEndpoint(Path).Build();
        app.MapGet(Path, (HttpContext context, CancellationToken _) => page(context))
            .WithTags("health").WithSummary("Figures of this process, as Prometheus reads them; from this machine, or with an admin token for every project")
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .RequireAuthorization(policy => policy.RequireAssertion(IsAllowed));
    }

    private static bool IsAllowed(AuthorizationHandlerContext context) =>
        (context.Resource is HttpContext http && IsLocal(http))
        || (context.User.Identity is { IsAuthenticated: true } && Caller.From(context.User) is { Grants.Everywhere: Role.Admin });

    private static bool IsLocal(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } from && IPAddress.IsLoopback(from) && !ProxyHeaders.Any(http.Request.Headers.ContainsKey);
}
