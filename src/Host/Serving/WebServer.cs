using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Muster.Host.Settings;

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
            services.AddSingleton<IHostLifetime, NoSignals>();
        });
    }

    /// <summary>Finds out about a taken port before anything else starts, runs of syncs above all.</summary>
    /// <exception cref="FailedException">An address cannot be listened on.</exception>
    public static void EnsureFree(IReadOnlyList<string> urls)
    {
        foreach (var url in urls.Select(BindingAddress.Parse).Where(a => a.Port != 0 && !a.IsUnixPipe))
        {
            var ip = url.Host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(url.Host, out var parsed) ? parsed : IPAddress.Any;
            using var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(ip, url.Port));
            }
            catch (SocketException e)
            {
                throw new FailedException($"{SettingsTable.Urls.Name}: {url} cannot be listened on: {e.Message}; "
                    + "stop what listens there, or choose another address (port 0 takes a free one).", e);
            }
        }
    }

    private static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestLineSize = LongestRequestLine;

        // Endpoints bound their bodies themselves and answer in their own shape.
        kestrel.Limits.MaxRequestBodySize = null;
    }

    // The command line listens to Ctrl-C and SIGTERM, and stops the server.
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
