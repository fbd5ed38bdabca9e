using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Muster.Bench.Push;
using Muster.Bench.Serving;

namespace Muster.Bench.Webhooks;

/// <summary>How fast a queue of message events goes on to a Mixpanel that takes everything at once.</summary>
internal static class ForwardCommand
{
    private const int EventsInAPost = 2000;

    private static readonly byte[] InsertId = "\"$insert_id\":"u8.ToArray();

    public static Command Create()
    {
        var events = new Option<int>("--events") { DefaultValueFactory = _ => 600_000 };
        var people = new Option<int>("--people") { DefaultValueFactory = _ => 200_000 };
        var command = new Command("forward", "Forwarding a queue of message events to Mixpanel's /import.") { events, people };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var folder = Directory.CreateTempSubdirectory("muster-bench").FullName;
            try
            {
                await using var iterable = await FakeIterable.StartAsync(TimeSpan.Zero, 0, cancellationToken);
                await using var mixpanel = new Mixpanel();
                await mixpanel.StartAsync(cancellationToken);
                await using var muster = await MusterProcess.StartAsync(
                    folder, iterable.Address, 5, cancellationToken, new Dictionary<string, string> { ["MUSTER_MIXPANEL_INGEST_URL"] = mixpanel.Address });
                await MeasureAsync(muster, mixpanel, arguments.GetValue(events), arguments.GetValue(people), cancellationToken);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    private static async Task MeasureAsync(MusterProcess muster, Mixpanel mixpanel, int events, int people, CancellationToken cancellationToken)
    {
        var project = await muster.PostAsync("/projects", new JsonObject { ["name"] = "bench" }, cancellationToken);
        await HooksCommand.EngageAsync(muster, (string)project["token"]!, people, cancellationToken);
        var connection = await muster.PostAsync(
            $"/projects/{project["id"]}/connections",
            new JsonObject { ["type"] = "iterable", ["name"] = "bench", ["apiKey"] = "key", ["dataCenter"] = "us" }, cancellationToken);
        var forwarding = new Uri($"/api/v1/connections/{connection["id"]}/forwarding", UriKind.Relative);
        await PutAsync(muster, forwarding, new JsonObject { ["mixpanelProjectId"] = 1, ["serviceAccount"] = "a", ["serviceAccountSecret"] = "s" }, cancellationToken);

        // Mixpanel refuses the account, so that the queue fills.
        using var hook = new HttpClient();
        hook.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", (string)connection["webhook"]!["authorization"]!);
        foreach (var chunk in Enumerable.Range(0, events).Chunk(EventsInAPost))
        {
            using var content = new StringContent($"[{string.Join(',', chunk.Select(i => HooksCommand.Body(i, people)))}]", Encoding.UTF8, "application/json");
            using var answer = await hook.PostAsync(new Uri((string)connection["webhook"]!["url"]!), content, cancellationToken);
            answer.EnsureSuccessStatusCode();
        }

        var waiting = await muster.GetAsync($"/connections/{connection["id"]}/forwarding", cancellationToken);
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"load of the machine before: {Checkout.Load():N1}; {(string)waiting["status"]!}, {(long)waiting["depth"]!:N0} wait"));
        mixpanel.Opens = true;
        var used = muster.Process.TotalProcessorTime;
        var started = Stopwatch.GetTimestamp();
        await PutAsync(muster, forwarding, new JsonObject { ["enabled"] = true }, cancellationToken);
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        }
        while (mixpanel.Events < events);

        var took = Stopwatch.GetElapsedTime(started);
        muster.Process.Refresh();
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{mixpanel.Events:N0} events in {mixpanel.Calls:N0} calls, {mixpanel.Bytes / 1048576.0:N0} MiB gzip, in {took.TotalSeconds:N1} s: {events / took.TotalSeconds:N0}/s; "
            + $"{(muster.Process.TotalProcessorTime - used).TotalSeconds:N1} s of processor time, peak {Checkout.PeakMemoryMiB(muster.Process):N0} MiB"));
    }

    private static async Task PutAsync(MusterProcess muster, Uri path, JsonObject body, CancellationToken cancellationToken)
    {
        using var answer = await muster.Client.PutAsJsonAsync(path, body, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Unpacks and counts, and takes all of it.</summary>
    private sealed class Mixpanel : IAsyncDisposable
    {
        private WebApplication? _app;
        private long _events;
        private long _calls;
        private long _bytes;

        public bool Opens { get; set; }

        public long Events => Interlocked.Read(ref _events);

        public long Calls => Interlocked.Read(ref _calls);

        public long Bytes => Interlocked.Read(ref _bytes);

        public string Address => _app!.Urls.First();

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            _app = builder.Build();
            _app.MapPost("/import", async (HttpContext context) =>
            {
                if (!Opens)
                {
                    context.Response.StatusCode = 401;
                    return;
                }

                using var plain = new MemoryStream();
                await using (var unpacked = new GZipStream(context.Request.Body, CompressionMode.Decompress))
                {
                    await unpacked.CopyToAsync(plain, cancellationToken);
                }

                var count = Count(plain.GetBuffer().AsSpan(0, (int)plain.Length));
                Interlocked.Add(ref _bytes, context.Request.ContentLength ?? 0);
                Interlocked.Increment(ref _calls);
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $$"""{"code":200,"num_records_imported":{{count}},"status":"OK"}"""), cancellationToken);
                Interlocked.Add(ref _events, count);
            });
            await _app.StartAsync(cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            if (_app is not null)
            {
                await _app.DisposeAsync();
            }
        }

        private static int Count(ReadOnlySpan<byte> body)
        {
            var count = 0;
            for (var at = body.IndexOf(InsertId); at >= 0; at = body.IndexOf(InsertId))
            {
                count++;
                body = body[(at + InsertId.Length)..];
            }

            return count;
        }
    }
}
