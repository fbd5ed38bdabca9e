using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Muster.Host.Serving;

/// <summary>Kestrel as ingestion needs it.</summary>
internal static class WebServer
{
    /// <summary>GET requests carry whole events in <c>data</c>: SDKs send up to what fits in a URL.</summary>
    private const int LongestRequestLine = 256 * 1024;

    /// <summary>How long calls and runs under way may take to end after SIGTERM.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    public static void UseWebServer(this IWebHostBuilder host, IReadOnlyList<string> urls)
    {
        host.UseKestrelCore().ConfigureKestrel(Limit);
        host.UseUrls([.. urls]);
        host.ConfigureServices(services =>
        {
            services.AddRoutingCore();
            services.Configure<RouteOptions>(options => options.LowercaseUrls = true);
            services.Configure<HostOptions>(options => options.ShutdownTimeout = Patience);
            services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
        });
    }

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestLineSize = LongestRequestLine;

        // Endpoints bound their bodies themselves and answer in their own shape.
        kestrel.Limits.MaxRequestBodySize = null;
    }
}
