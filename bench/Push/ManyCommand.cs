using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Muster.Bench.Serving;

namespace Muster.Bench.Push;

/// <summary>Many dynamic syncs at once, with members that come and go: whether every run is on time, and what it takes.</summary>
internal static class ManyCommand
{
    private const int Connections = 3;
    private const int IntervalSeconds = 60;
    private const double Rate = 5;

    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var syncs = new Option<int>("--syncs") { DefaultValueFactory = _ => 60 };
        var members = new Option<int>("--members") { DefaultValueFactory = _ => 100_000, Description = "Of each cohort." };
        var minutes = new Option<int>("--minutes") { DefaultValueFactory = _ => 5, Description = "How long they are watched once every list is filled." };
        var command = new Command("many", "Dynamic syncs on three connections, a run a minute each, one percent of the members changing every minute.")
        {
            syncs, members, minutes,
        };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var folder = Directory.CreateTempSubdirectory("muster-bench").FullName;
            try
            {
                await MeasureAsync(folder, arguments.GetValue(syncs), arguments.GetValue(members), arguments.GetValue(minutes), cancellationToken);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    private static async Task MeasureAsync(string folder, int syncs, int members, int minutes, CancellationToken cancellationToken)
    {
        await using var iterable = await FakeIterable.StartAsync(TimeSpan.FromMilliseconds(50), rate: 0, cancellationToken);
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"load of the machine before: {Checkout.Load():N1}, {Environment.ProcessorCount} cores"));
        int projectId;
        string token;
        List<int> ids;

        // The lists are filled without a limit, in a process of its own: what is measured is keeping them true.
        await using (var filler = await StartAsync(folder, iterable, rate: 0, cancellationToken))
        {
            var people = new SyncedPeople(filler);
            projectId = await people.LoadAsync(members + (members / 10), cancellationToken);
            token = (await filler.GetAsync($"/projects/{projectId}", cancellationToken))["token"]!.GetValue<string>();
            await SetPlanAsync(filler, token, 0, members, "gold", cancellationToken);
            ids = await MakeSyncsAsync(filler, projectId, syncs, cancellationToken);
            foreach (var id in ids)
            {
                await people.EndAsync((await filler.GetAsync($"/syncs/{id}", cancellationToken))["lastRun"]!["id"]!.GetValue<long>(), cancellationToken);
            }
        }

        await using var muster = await StartAsync(folder, iterable, Rate, cancellationToken);
        iterable.Forget();
        var began = TimeProvider.System.GetUtcNow();
        var cpu = muster.Process.TotalProcessorTime;
        var (minute, joins, leaves) = (0, members, 0);
        while (minute < minutes)
        {
            // One percent of the members leave and as many others come; whoever left comes back when all others are in.
            var change = members / 100;
            await SetPlanAsync(muster, token, leaves, leaves + change, "free", cancellationToken);
            await SetPlanAsync(muster, token, joins, joins + change, "gold", cancellationToken);
            var all = members + (members / 10);
            (joins, leaves) = ((joins + change) % all, (leaves + change) % all);
            minute++;
            while (TimeProvider.System.GetUtcNow() - began < TimeSpan.FromSeconds(IntervalSeconds) * minute)
            {
                await Task.Delay(Glance, TimeProvider.System, cancellationToken);
            }
        }

        var spent = (muster.Process.TotalProcessorTime - cpu).TotalSeconds;
        var wall = (TimeProvider.System.GetUtcNow() - began).TotalSeconds;
        var (late, took, failed) = await ReadRunsAsync(muster, ids, began, cancellationToken);
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            {syncs} syncs of {members:N0} members on {Connections} connections, {Rate:N0} calls a second each, {minutes} minutes
            runs        {took.Count}, {failed} of them not succeeded; {iterable.Calls.Taken} calls
            late        median {At(late, 0.5):N2} s, p95 {At(late, 0.95):N2} s, most {At(late, 1):N2} s: from when a run was due to its start
            took        median {At(took, 0.5):N2} s, p95 {At(took, 0.95):N2} s, most {At(took, 1):N2} s: from start to end
            cpu         {100 * spent / wall:N0} % of one core
            peak memory {Checkout.PeakMemoryMiB(muster.Process):N0} MiB
            load        {Checkout.Load():N1} at the end
            """));
    }

    private static Task<MusterProcess> StartAsync(string folder, FakeIterable iterable, double rate, CancellationToken cancellationToken) =>
        MusterProcess.StartAsync(folder, iterable.Address, rate, cancellationToken);

    private static async Task<List<int>> MakeSyncsAsync(MusterProcess muster, int projectId, int syncs, CancellationToken cancellationToken)
    {
        var connections = new List<int>();
        for (var n = 0; n < Connections; n++)
        {
            connections.Add(await IdAsync($"/projects/{projectId}/connections", new JsonObject { ["type"] = "iterable", ["name"] = $"bench {n}", ["apiKey"] = $"bench-key-{n}", ["dataCenter"] = "us" }));
        }

        var ids = new List<int>();
        for (var n = 0; n < syncs; n++)
        {
            var cohort = await IdAsync(
                $"/projects/{projectId}/cohorts",
                new JsonObject { ["name"] = $"Gold {n}", ["definition"] = new JsonObject { ["profile"] = "plan", ["is"] = new JsonArray("gold") } });
            ids.Add(await IdAsync(
                $"/projects/{projectId}/syncs",
                new JsonObject { ["cohortId"] = cohort, ["connectionId"] = connections[n % Connections], ["type"] = "dynamic", ["intervalSeconds"] = IntervalSeconds }));
        }

        return ids;

        async Task<int> IdAsync(string path, JsonObject body) => (await muster.PostAsync(path, body, cancellationToken))["id"]!.GetValue<int>();
    }

    private static async Task SetPlanAsync(MusterProcess muster, string token, int from, int to, string plan, CancellationToken cancellationToken)
    {
        foreach (var chunk in Enumerable.Range(from, to - from).Chunk(SyncedPeople.PeoplePerBody))
        {
            await SyncedPeople.EngageAsync(
                muster,
                "[" + string.Join(',', chunk.Select(n => string.Create(
                    CultureInfo.InvariantCulture, $$"""{"$token":"{{token}}","$distinct_id":"person-{{n}}","$set":{"plan":"{{plan}}"} }"""))) + "]",
                cancellationToken);
        }
    }

    // A run is due an interval after the one before it began.
    private static async Task<(List<double> Late, List<double> Took, int Failed)> ReadRunsAsync(
        MusterProcess muster, List<int> ids, DateTimeOffset began, CancellationToken cancellationToken)
    {
        var (late, took, failed) = (new List<double>(), new List<double>(), 0);
        foreach (var id in ids)
        {
            var page = await muster.GetAsync($"/syncs/{id}/runs?limit=100", cancellationToken);
            var runs = page["items"]!.AsArray().Select(r => r!.AsObject()).Where(r => r["finishedAt"] is not null).OrderBy(r => Time(r, "startedAt")).ToList();
            runs.RemoveAll(r => Time(r, "startedAt") < began);
            failed += runs.Count(r => r["status"]!.GetValue<string>() != "succeeded");
            took.AddRange(runs.Select(r => (Time(r, "finishedAt") - Time(r, "startedAt")).TotalSeconds));
            late.AddRange(runs.Zip(runs.Skip(1), (before, run) => Math.Max(0, (Time(run, "startedAt") - Time(before, "startedAt")).TotalSeconds - IntervalSeconds)));
        }

        late.Sort();
        took.Sort();
        return (late, took, failed);
    }

    private static DateTimeOffset Time(JsonObject run, string name) => run[name]!.GetValue<DateTimeOffset>();

    private static double At(List<double> sorted, double share) => sorted.Count == 0 ? double.NaN : sorted[(int)Math.Ceiling(share * (sorted.Count - 1))];
}
