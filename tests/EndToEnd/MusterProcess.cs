using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Shouldly;

namespace Muster.Tests.EndToEnd;

/// <summary>
/// The real program, <c>muster serve</c>, on a free port with a data folder of its own. It can be stopped, killed and
/// started again on the same folder; disposing ends it and deletes the folder.
/// </summary>
public sealed class MusterProcess : IAsyncDisposable
{
    /// <summary>The admin token it is started with.</summary>
    public const string AdminToken = "end-to-end-admin-token";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly StringBuilder _log = new();
    private Process? _process;

    private MusterProcess(IReadOnlyDictionary<string, string> settings) => _settings = settings;

    /// <summary>The data folder.</summary>
    public string DataDir { get; } = Directory.CreateTempSubdirectory("muster-e2e-").FullName;

    /// <summary>Where it listens; another port after each start.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Calls with the admin token; made anew by each start.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>What it wrote to standard error so far, over all starts.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Starts the program; it is ready when this returns.</summary>
    /// <param name="settings">Environment beside the usual, as <c>MUSTER_ITERABLE_US_URL</c>.</param>
    /// <param name="prepare">Puts something into the data folder before.</param>
    public static async Task<MusterProcess> StartAsync(IReadOnlyDictionary<string, string>? settings = null, Func<string, Task>? prepare = null)
    {
        var muster = new MusterProcess(settings ?? new Dictionary<string, string>());
        await (prepare?.Invoke(muster.DataDir) ?? Task.CompletedTask);
        await muster.StartAgainAsync();
        return muster;
    }

    /// <summary>Starts it again on the same folder.</summary>
    /// <param name="changed">Settings that are others from now on.</param>
    public async Task StartAgainAsync(IReadOnlyDictionary<string, string>? changed = null)
    {
        var start = MusterProgram.StartInfo(["serve"]);
        start.Environment["MUSTER_URLS"] = "http://127.0.0.1:0";
        start.Environment["MUSTER_DATA_DIR"] = DataDir;
        start.Environment["MUSTER_ADMIN_TOKEN"] = AdminToken;
        foreach (var (name, value) in _settings.Concat(changed ?? new Dictionary<string, string>()))
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
            }
        };
        _process.BeginErrorReadLine();
        using var patience = new CancellationTokenSource(Patience);
        var ready = await _process.StandardOutput.ReadLineAsync(patience.Token);
        ready.ShouldNotBeNull($"muster ended before it was ready: {Log}");
        Address = new Uri(ready.Split(' ')[^1]);
        Http?.Dispose();
        Http = new HttpClient { BaseAddress = Address };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
    }

    /// <summary>SIGTERM; gives the exit status.</summary>
    public async Task<int> StopAsync()
    {
        MusterProgram.Terminate(_process!);
        return await EndAsync();
    }

    /// <summary><c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await EndAsync();
    }

    /// <summary>
    /// Whether this is how a call may end whose server was killed: a socket that dies while it connects is not always
    /// wrapped by the client.
    /// </summary>
    public static bool IsOfAKill(Exception fault) => fault is HttpRequestException or SocketException;

    /// <summary>Runs a verb against this server.</summary>
    public Task<MusterResult> RunAsync(params IReadOnlyList<string> arguments) => MusterProgram.RunAsync(
        arguments, new Dictionary<string, string> { ["MUSTER_URL"] = Address.ToString(), ["MUSTER_TOKEN"] = AdminToken });

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_process is { } running)
        {
            running.Kill();
            await EndAsync();
        }

        Http?.Dispose();
        Directory.Delete(DataDir, recursive: true);
    }

    private async Task<int> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process!.WaitForExitAsync(patience.Token);
        var status = _process.ExitCode;
        _process.Dispose();
        _process = null;
        return status;
    }
}
