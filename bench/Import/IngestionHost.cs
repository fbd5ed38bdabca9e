using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Muster.Bench.Import;

/// <summary>Ingestion in a process of its own, on an empty folder; or a server that runs already.</summary>
internal sealed class IngestionHost : IAsyncDisposable
{
    private readonly string? _folder;

    private IngestionHost(Uri address, Process? process, string? folder)
    {
        Address = address;
        Process = process;
        _folder = folder;
    }

    public Uri Address { get; }

    /// <summary>The process; null when it is not ours.</summary>
    public Process? Process { get; }

    /// <summary>Starts one, unless a server's address is given.</summary>
    public static async Task<IngestionHost> StartAsync(string? url, CancellationToken cancellationToken)
    {
        if (url is not null)
        {
            return new IngestionHost(new Uri(url), null, null);
        }

        var folder = Directory.CreateTempSubdirectory("muster-bench").FullName;
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}");
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [HostCommand.Name, "--data-dir", folder, "--url", address])
        {
            RedirectStandardOutput = true,
        })!;
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line && line != HostCommand.Ready)
        {
        }

        return new IngestionHost(new Uri(address), process, folder);
    }

    public async ValueTask DisposeAsync()
    {
        if (Process is not null)
        {
            Process.Kill();
            await Process.WaitForExitAsync(CancellationToken.None);
            Process.Dispose();
            Directory.Delete(_folder!, recursive: true);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
