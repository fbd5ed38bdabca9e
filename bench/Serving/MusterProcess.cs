using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Muster.Bench.Serving;

/// <summary>The real program, as a process of its own.</summary>
internal sealed class MusterProcess : IAsyncDisposable
{
    public const string AdminToken = "bench-admin-token";

    private const string ReadyAt = "ready at ";

    private readonly Process _process;
    private readonly HttpClient _client;
    private readonly Task _output;

    private MusterProcess(Process process, Uri address, TimeSpan readyAfter)
    {
        _process = process;
        ReadyAfter = readyAfter;
        _client = new HttpClient { BaseAddress = address };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);

        // Read on, so that the program never waits for someone to read.
        _output = process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>From the start of the process to its line that it is ready.</summary>
    public TimeSpan ReadyAfter { get; }

    public Process Process => _process;

    public HttpClient Client => _client;

    /// <summary>Starts <c>muster serve</c> and waits until it is ready.</summary>
    public static async Task<MusterProcess> StartAsync(
        string dataDir, Uri? iterable, double rate, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(Checkout.Muster, ["serve"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MUSTER_URLS"] = "http://127.0.0.1:0";
        start.Environment["MUSTER_DATA_DIR"] = dataDir;
        start.Environment["MUSTER_ADMIN_TOKEN"] = AdminToken;
        start.Environment["MUSTER_ITERABLE_RATE"] = rate.ToString(CultureInfo.InvariantCulture);
        if (iterable is not null)
        {
            start.Environment["MUSTER_ITERABLE_US_URL"] = iterable.ToString();
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var started = Stopwatch.GetTimestamp();
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, line) => Warn(line.Data);
        process.BeginErrorReadLine();
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.IndexOf(ReadyAt, StringComparison.Ordinal) is >= 0 and var at)
            {
                var address = line[(at + ReadyAt.Length)..].Split(',')[0];
                return new MusterProcess(process, new Uri(address), Stopwatch.GetElapsedTime(started));
            }
        }

        await process.WaitForExitAsync(cancellationToken);
        throw new InvalidOperationException($"muster ended with status {process.ExitCode} before it was ready");
    }

    public async Task<JsonObject> GetAsync(string path, CancellationToken cancellationToken) =>
        await ReadAsync(await _client.GetAsync(new Uri($"/api/v1{path}", UriKind.Relative), cancellationToken), cancellationToken);

    public async Task<JsonObject> PostAsync(string path, JsonNode? body, CancellationToken cancellationToken) =>
        await ReadAsync(await _client.PostAsJsonAsync(new Uri($"/api/v1{path}", UriKind.Relative), body, cancellationToken), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        await _output;
        _process.Dispose();
    }

    private static async Task<JsonObject> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            return answer.IsSuccessStatusCode
                ? JsonNode.Parse(text)!.AsObject()
                : throw new InvalidOperationException($"{answer.RequestMessage!.RequestUri}: {(int)answer.StatusCode} {text}");
        }
    }

    // Information is the program's usual talk; what is worse is shown.
    private static void Warn(string? line)
    {
        if (line is not null && (line.Contains("warn", StringComparison.OrdinalIgnoreCase) || line.Contains("fail", StringComparison.OrdinalIgnoreCase) || line.Contains("crit", StringComparison.OrdinalIgnoreCase)))
        {
            Console.Error.WriteLine(line);
        }
    }
}
