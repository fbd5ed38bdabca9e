using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Muster.Bench.Serving;
using Muster.Warehouse;
using Muster.Warehouse.DuckDb;

namespace Muster.Bench.Cohorts;

/// <summary>How long a preview takes on a large project, beside SQL written by hand on the same file.</summary>
internal static class CohortsCommand
{
    public static Command Create()
    {
        var events = new Option<long>("--events") { DefaultValueFactory = _ => 20_000_000 };
        var people = new Option<int>("--people") { DefaultValueFactory = _ => 1_000_000 };
        var aliases = new Option<int>("--aliases") { DefaultValueFactory = _ => 300_000 };
        var runs = new Option<int>("--runs") { DefaultValueFactory = _ => 7 };
        var command = new Command("cohorts", "Previews of cohorts through the API, beside hand-written SQL on the same file.") { events, people, aliases, runs };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var folder = Directory.CreateTempSubdirectory("muster-bench").FullName;
            try
            {
                var now = TimeProvider.System.GetUtcNow();
                SampleStore.Write(folder, arguments.GetValue(events), arguments.GetValue(people), arguments.GetValue(aliases), now);
                var bytes = new FileInfo(Path.Combine(folder, "warehouse.duckdb")).Length;
                await Console.Out.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{arguments.GetValue(events):N0} events, {bytes / (double)arguments.GetValue(events):N0} bytes an event (profiles and ids included); load of the machine before: {Checkout.Load():N1}"));
                var byHand = ByHand(folder, now, arguments.GetValue(runs));
                await PreviewsAsync(folder, byHand, arguments.GetValue(runs), cancellationToken);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    private static Dictionary<string, double> ByHand(string folder, DateTimeOffset now, int runs)
    {
        using var store = new DuckDbStore(new WarehouseOptions { DataDir = folder, MemoryLimitMiB = 2048 });
        using var connection = store.Open();
        return Question.All.ToDictionary(question => question.Name, question => Median(runs, () =>
            connection.Query($"SELECT count(*) FROM ({question.Sql})", r => r.GetInt64(0), ("now", now.UtcDateTime))));
    }

    private static async Task PreviewsAsync(string folder, Dictionary<string, double> byHand, int runs, CancellationToken cancellationToken)
    {
        await using var muster = await MusterProcess.StartAsync(folder, null, 0, cancellationToken);
        var project = (await muster.PostAsync("/projects", new JsonObject { ["name"] = "bench" }, cancellationToken))["id"]!;
        foreach (var question in Question.All)
        {
            var times = new List<double>();
            JsonObject answer = [];
            // The first one finds nothing in memory.
            for (var run = 0; run <= runs; run++)
            {
                var body = new JsonObject { ["definition"] = JsonNode.Parse(question.Definition) };
                var started = Stopwatch.GetTimestamp();
                answer = await muster.PostAsync($"/projects/{project}/cohorts/preview", body, cancellationToken);
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            var median = times.Skip(1).Order().ElementAt(runs / 2);
            await Console.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{question.Name}: preview {median:N0} ms (first {times[0]:N0}), by hand {byHand[question.Name]:N0} ms, ratio {median / byHand[question.Name]:N2}, {(long)answer["count"]!:N0} members"));
        }

        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"peak memory of the server: {Checkout.PeakMemoryMiB(muster.Process):N0} MiB"));
    }

    private static double Median(int runs, Action run)
    {
        var times = new List<double>();
        for (var i = 0; i <= runs; i++)
        {
            var started = Stopwatch.GetTimestamp();
            run();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return times.Skip(1).Order().ElementAt(runs / 2);
    }
}
