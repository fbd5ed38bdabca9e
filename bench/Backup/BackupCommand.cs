using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Net.Http.Headers;
using Muster.Bench.Cohorts;
using Muster.Bench.Import;
using Muster.Bench.Serving;

namespace Muster.Bench.Backup;

/// <summary>How long a backup of the running server takes, and what it costs those who send events meanwhile.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var events = new Option<long>("--events") { DefaultValueFactory = _ => 3_000_000 };
        var rate = new Option<int>("--rate") { DefaultValueFactory = _ => 10_000, Description = "Events a second that come in meanwhile." };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 30, Description = "How long they come in." };
        var command = new Command("backup", "A backup of the running server: alone, and while events come in.") { events, rate, seconds };
        command.SetAction((arguments, cancellationToken) => CohortsCommand.InCopyAsync((arguments.GetValue(events), 300_000, 30_000), async folder =>
        {
            var duration = TimeSpan.FromSeconds(arguments.GetValue(seconds));
            var bodies = new ConcurrentQueue<byte[]>(EventBodies.Make(
                2 * (10 + (int)(duration.TotalSeconds * arguments.GetValue(rate) / EventBodies.EventsPerBody)), 300_000, TimeProvider.System.GetUtcNow(), Environment.TickCount));
            await using var server = await PreviewServer.StartAsync(folder, cancellationToken);
            await using var host = await IngestionHost.StartAsync(server.Address.ToString(), server.IngestionToken, cancellationToken);
            CohortsCommand.Say($"load of the machine before: {Checkout.Load():N1}");
            await BackupAsync(server, folder, "alone", cancellationToken);
            CohortsCommand.Say($"import alone:");
            await ImportAsync();
            CohortsCommand.Say($"import with a backup in it:");
            await Task.WhenAll(ImportAsync(), BackupAsync(server, folder, "beside the import", cancellationToken));
            CohortsCommand.Say($"peak memory of the server: {Checkout.PeakMemoryMiB(server.Muster.Process):N0} MiB");

            Task ImportAsync() => new Load
            {
                Records = ("events", EventBodies.EventsPerBody),
                Path = "/import?strict=1",
                Next = () => bodies.TryDequeue(out var body) ? Content(body) : null,
                Connections = 8,
                Rate = arguments.GetValue(rate),
                Duration = duration,
                WarmUp = 10,
            }.RunAsync(host, cancellationToken);
        }));
        return command;
    }

    private static async Task BackupAsync(PreviewServer server, string folder, string how, CancellationToken cancellationToken)
    {
        var target = Path.Combine(folder, $"backup {how}");
        var start = new ProcessStartInfo(Checkout.Muster, ["backup", target]);
        start.Environment["MUSTER_URL"] = server.Address.ToString();
        start.Environment["MUSTER_TOKEN"] = MusterProcess.AdminToken;
        var started = Stopwatch.GetTimestamp();
        using var backup = Process.Start(start)!;
        await backup.WaitForExitAsync(cancellationToken);
        var took = Stopwatch.GetElapsedTime(started);
        CohortsCommand.Say($"backup {how}: {took.TotalSeconds:N1} s, exit status {backup.ExitCode}");
    }

    private static ByteArrayContent Content(byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }
}
