using System.Collections.Concurrent;
using System.CommandLine;
using System.Net.Http.Headers;

namespace Muster.Bench.Import;

/// <summary>How many events a second POST /import takes, each acknowledged when durable.</summary>
internal static class ImportCommand
{
    // Bodies are made for this rate before the clock starts, so that the client costs little while it runs.
    private const int MostEventsPerSecond = 180_000;

    // Beyond, they are made while it runs: they would not fit into memory.
    private const int MostBodies = 3000;

    private const int WarmUp = 200;

    public static Command Create()
    {
        var url = new Option<string?>("--url") { Description = "A running server; without, one is started with an empty data folder." };
        var token = new Option<string?>("--token") { Description = "With --url: the project's ingestion token." };
        var connections = new Option<int>("--connections") { DefaultValueFactory = _ => 8 };
        var rate = new Option<int?>("--rate") { Description = "Records a second at most; without, as many as are acknowledged." };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 10 };
        var people = new Option<int>("--people") { DefaultValueFactory = _ => 100_000 };
        var report = new Option<int?>("--report") { Description = "Say every so many seconds how much memory the server has." };
        var command = new Command("import", "Events a second over POST /import, gzip batches of 2,000.") { url, token, connections, rate, seconds, people, report };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var duration = TimeSpan.FromSeconds(arguments.GetValue(seconds));
            var perSecond = arguments.GetValue(rate) ?? MostEventsPerSecond;
            var bodies = WarmUp + (int)(duration.TotalSeconds * perSecond / EventBodies.EventsPerBody);
            List<byte[]> Make(int count) => EventBodies.Make(count, arguments.GetValue(people), TimeProvider.System.GetUtcNow(), Random.Shared.Next());
            var waiting = new ConcurrentQueue<byte[]>(Make(Math.Min(bodies, MostBodies)));
            await using var host = await IngestionHost.StartAsync(arguments.GetValue(url), arguments.GetValue(token), cancellationToken);
            await new Load
            {
                Records = ("events", EventBodies.EventsPerBody),
                Path = "/import?strict=1",
                Next = () => Content(waiting.TryDequeue(out var body) ? body : Make(1)[0]),
                Connections = arguments.GetValue(connections),
                Rate = arguments.GetValue(rate),
                Duration = duration,
                WarmUp = WarmUp,
                Report = arguments.GetValue(report) is { } every ? TimeSpan.FromSeconds(every) : null,
            }.RunAsync(host, cancellationToken);
        });
        return command;
    }

    private static ByteArrayContent Content(byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }
}
