using System.Collections.Concurrent;
using System.CommandLine;
using System.Net.Http.Headers;
using Muster.Bench.Import;
using Muster.Bench.Serving;

namespace Muster.Bench.Cohorts;

/// <summary>What previews and full ingestion cost each other.</summary>
internal static class BesideIngestCommand
{
    private const int MostEventsPerSecond = 150_000;

    public static Command Create()
    {
        var events = new Option<long>("--events") { DefaultValueFactory = _ => 20_000_000 };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 15 };
        var command = new Command("cohorts-beside-import", "Previews alone, an import alone, and both at once on one server.") { events, seconds };
        command.SetAction((arguments, cancellationToken) => CohortsCommand.InCopyAsync((arguments.GetValue(events), 1_000_000, 300_000), async folder =>
        {
            var duration = TimeSpan.FromSeconds(arguments.GetValue(seconds));
            var bodies = new ConcurrentQueue<byte[]>(EventBodies.Make(
                (int)(2 * duration.TotalSeconds * MostEventsPerSecond / EventBodies.EventsPerBody), 1_000_000, TimeProvider.System.GetUtcNow(), Environment.TickCount));
            await using var server = await PreviewServer.StartAsync(folder, cancellationToken);
            await using var host = await IngestionHost.StartAsync(server.Address.ToString(), server.IngestionToken, cancellationToken);
            CohortsCommand.Say($"load of the machine before: {Checkout.Load():N1}");
            await PreviewsAsync("alone", duration);
            CohortsCommand.Say($"import alone:");
            await ImportAsync();
            CohortsCommand.Say($"both:");
            await Task.WhenAll(ImportAsync(), PreviewsAsync("beside the import", duration - TimeSpan.FromSeconds(1)));

            Task ImportAsync() => new Load
            {
                Records = ("events", EventBodies.EventsPerBody),
                Path = "/import?strict=1",
                Next = () => bodies.TryDequeue(out var body) ? Content(body) : null,
                Connections = 8,
                Duration = duration,
                WarmUp = 10,
            }.RunAsync(host, cancellationToken);

            async Task PreviewsAsync(string how, TimeSpan time)
            {
                var until = TimeProvider.System.GetUtcNow() + time;
                var times = Question.All.ToDictionary(q => q.Name, _ => new List<double>());
                while (TimeProvider.System.GetUtcNow() < until)
                {
                    foreach (var question in Question.All)
                    {
                        times[question.Name].Add((await server.AskAsync(question.Definition, cancellationToken)).Milliseconds);
                    }
                }

                CohortsCommand.Say($"previews {how}, medians: {string.Join(", ", times.Select(t => FormattableString.Invariant($"{t.Key} {t.Value.Order().ElementAt(t.Value.Count / 2):N0} ms")))}");
            }
        }));
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
