using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
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
        command.SetAction((arguments, cancellationToken) => RunAsync(
            (arguments.GetValue(events), arguments.GetValue(people), arguments.GetValue(aliases)), arguments.GetValue(runs), cancellationToken));
        return command;
    }

    public static Command CreateGrowth()
    {
        var sizes = new Option<long[]>("--events") { DefaultValueFactory = _ => [5_000_000, 10_000_000, 20_000_000, 40_000_000], AllowMultipleArgumentsPerToken = true };
        var runs = new Option<int>("--runs") { DefaultValueFactory = _ => 3 };
        var command = new Command("cohorts-growth", "How previews grow with the number of events.") { sizes, runs };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            foreach (var size in arguments.GetValue(sizes)!)
            {
                await InCopyAsync((size, 1_000_000, 300_000), async folder =>
                {
                    await using var server = await PreviewServer.StartAsync(folder, cancellationToken);
                    foreach (var question in Question.All)
                    {
                        var (median, _, count) = await server.MedianAsync(question.Definition, arguments.GetValue(runs), cancellationToken);
                        Say($"{size:N0} events, {question.Name}: {median:N0} ms, {count:N0} members");
                    }
                });
            }
        });
        return command;
    }

    private static Task RunAsync((long Events, int People, int Aliases) sample, int runs, CancellationToken cancellationToken) => InCopyAsync(sample, async folder =>
    {
        Say($"load of the machine before: {Checkout.Load():N1}");
        var byHand = ByHand(folder, runs);
        await using var server = await PreviewServer.StartAsync(folder, cancellationToken);
        await AllAsync("");
        var started = Stopwatch.GetTimestamp();
        (string Of, string Name)[] properties = [("event", "country"), ("event", "amount"), ("profile", "plan"), ("profile", "seats")];
        await Task.WhenAll(properties.Select(p => server.PromoteAsync(p.Of, p.Name, cancellationToken)));
        Say($"promoted {string.Join(", ", properties.Select(p => p.Name))} in {Stopwatch.GetElapsedTime(started).TotalSeconds:N0} s; log and file now {new DirectoryInfo(folder).EnumerateFiles("warehouse*").Sum(f => f.Length) >> 20:N0} MiB");
        await AllAsync("promoted, ");

        var slowest = 0.0;
        foreach (var single in Question.Ten)
        {
            slowest = Math.Max(slowest, (await server.MedianAsync(single, runs, cancellationToken)).Median);
        }

        var ten = await server.MedianAsync($$"""{"any":[{{string.Join(',', Question.Ten)}}]}""", runs, cancellationToken);
        Say($"ten conditions on {Question.RangesOfTen} ranges: {ten.Median:N0} ms; the slowest of them alone {slowest:N0} ms; ratio to ranges times slowest {ten.Median / (slowest * Question.RangesOfTen):N2}");
        Say($"peak memory of the server: {Checkout.PeakMemoryMiB(server.Muster.Process):N0} MiB");

        async Task AllAsync(string how)
        {
            foreach (var question in Question.All)
            {
                var (median, first, count) = await server.MedianAsync(question.Definition, runs, cancellationToken);
                var (milliseconds, expected) = byHand[question.Name];
                Say($"{how}{question.Name}: {median:N0} ms (first {first:N0}), by hand {milliseconds:N0} ms, ratio {median / milliseconds:N2}, {count:N0} members ({expected:N0} by hand, a moment earlier)");
            }
        }
    });

    /// <summary>Works on a copy of the sample, which is deleted afterwards.</summary>
    public static async Task InCopyAsync((long Events, int People, int Aliases) sample, Func<string, Task> work)
    {
        var folder = SampleStore.Copy(sample.Events, sample.People, sample.Aliases);
        try
        {
            var bytes = new FileInfo(Path.Combine(folder, SampleStore.FileName)).Length;
            Say($"{sample.Events:N0} events: {bytes / (double)sample.Events:N0} bytes an event, profiles and ids included");
            await work(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static Dictionary<string, (double Milliseconds, long Count)> ByHand(string folder, int runs)
    {
        using var store = new DuckDbStore(new WarehouseOptions { DataDir = folder, MemoryLimitMiB = 2048 });
        using var connection = store.Open();
        return Question.All.ToDictionary(question => question.Name, question =>
        {
            var (times, count) = (new List<double>(), 0L);
            for (var i = 0; i <= runs; i++)
            {
                var started = Stopwatch.GetTimestamp();
                count = connection.Query(
                    $"SELECT count(*) FROM ({question.Sql})", r => r.GetInt64(0), ("now", TimeProvider.System.GetUtcNow().UtcDateTime))[0];
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            return (times.Skip(1).Order().ElementAt(runs / 2), count);
        });
    }
}
