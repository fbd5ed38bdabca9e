using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Muster.Tests.EndToEnd;

/// <summary><c>muster serve</c> as a process of its own, on a free port.</summary>
internal sealed partial class MusterProcess : IAsyncDisposable
{
    private const string AdminToken = "admin-token-of-the-end-to-end-tests";

    private readonly Process _process;

    private MusterProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
        Client = new HttpClient { BaseAddress = address };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
    }

    public Uri Address { get; }

    /// <summary>Signed in as admin.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts it on a data folder and waits until it is ready.</summary>
    public static async Task<MusterProcess> StartAsync(string dataDir, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "muster"), ["serve"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["MUSTER_URLS"] = "http://127.0.0.1:0",
                ["MUSTER_DATA_DIR"] = dataDir,
                ["MUSTER_ADMIN_TOKEN"] = AdminToken,
            },
        };
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken);
        return AddressIn().Match(line ?? "") is { Success: true } found
            ? new MusterProcess(process, new Uri(found.Value))
            : throw new InvalidOperationException($"muster serve did not become ready: {line}");
    }

    /// <summary>Ends it as a crash would: without a chance to finish anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Client.Dispose();
        _process.Dispose();
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex AddressIn();
}
