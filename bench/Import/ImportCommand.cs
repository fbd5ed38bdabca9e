using System.Collections.Concurrent;
using System.CommandLine;
using System.Net.Http.Headers;

namespace Muster.Bench.Import;

/// <summary>How many events a second POST /import takes, each acknowledged when durable.</summary>
internal static class ImportCommand
{
    // Bodies are made for this rate; when they are used up the run ends early.
    private const int MostEventsPerSecond = 180_000;

    public static Command Create()
    {
        var url = new Option<string?>("--url") { Description = "A running server; without, one is started with an empty data folder." };
        var token = new Option<string>("--token") { DefaultValueFactory = _ => HostCommand.Token, Description = "The project's ingestion token." };
        var connections = new Option<int>("--connections") { DefaultValueFactory = _ => 8 };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 10 };
        var people = new Option<int>("--people") { DefaultValueFactory = _ => 100_000 };
        var command = new Command("import", "Events a second over POST /import, gzip batches of 2,000.") { url, token, connections, seconds, people };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var duration = TimeSpan.FromSeconds(arguments.GetValue(seconds));
            var waiting = new ConcurrentQueue<byte[]>(EventBodies.Make(
                (int)(duration.TotalSeconds * MostEventsPerSecond / EventBodies.EventsPerBody), arguments.GetValue(people),
                TimeProvider.System.GetUtcNow(), Environment.TickCount));
            await using var host = await IngestionHost.StartAsync(arguments.GetValue(url), cancellationToken);
            await new Load
            {
                Records = ("events", EventBodies.EventsPerBody),
                Path = "/import?strict=1",
                Next = () => waiting.TryDequeue(out var body) ? Content(body) : null,
                Connections = arguments.GetValue(connections),
                Duration = duration,
                WarmUp = 40,
                Token = arguments.GetValue(token)!,
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
