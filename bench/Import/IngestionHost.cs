using System.Diagnostics;
using System.Text.Json.Nodes;
using Muster.Bench.Serving;

namespace Muster.Bench.Import;

/// <summary>The real program on an empty folder, with a project to send to; or a server that runs already.</summary>
internal sealed class IngestionHost : IAsyncDisposable
{
    private readonly MusterProcess? _muster;
    private readonly string? _folder;

    private IngestionHost(Uri address, string token, MusterProcess? muster, string? folder)
    {
        Address = address;
        Token = token;
        _muster = muster;
        _folder = folder;
    }

    public Uri Address { get; }

    /// <summary>The project's ingestion token.</summary>
    public string Token { get; }

    /// <summary>The process; null when it is not ours.</summary>
    public Process? Process => _muster?.Process;

    /// <summary>Starts one, unless a server's address is given.</summary>
    public static async Task<IngestionHost> StartAsync(string? url, string? token, CancellationToken cancellationToken)
    {
        if (url is not null)
        {
            return new IngestionHost(new Uri(url), token ?? throw new InvalidOperationException("--url needs --token"), null, null);
        }

        var folder = Directory.CreateTempSubdirectory("muster-bench").FullName;
        var muster = await MusterProcess.StartAsync(folder, null, 5, cancellationToken);
        var project = await muster.PostAsync("/projects", new JsonObject { ["name"] = "bench" }, cancellationToken);
        return new IngestionHost(muster.Client.BaseAddress!, project["token"]!.GetValue<string>(), muster, folder);
    }

    public async ValueTask DisposeAsync()
    {
        if (_muster is not null)
        {
            await _muster.DisposeAsync();
            Directory.Delete(_folder!, recursive: true);
        }
    }
}
