using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Muster.Bench.Serving;

namespace Muster.Bench.Push;

/// <summary>How fast the real program fills a list, what it needs for it, and that it is right.</summary>
internal static class PushCommand
{
    public static Command Create()
    {
        var members = new Option<int>("--members") { DefaultValueFactory = _ => 100_000 };
        var latency = new Option<int>("--latency-ms") { Description = "How long the list server takes for a call." };
        var rate = new Option<double>("--rate") { Description = "Calls a second, of muster and of the list server; 0 is no limit." };
        var runs = new Option<int>("--runs") { DefaultValueFactory = _ => 1, Description = "Measurements, each with an empty data folder; the medians are told." };
        var official = new Option<int>("--official-client") { Description = "Measure a bare loop over @iterable/api too, with so many calls in flight; 0 does not." };
        var prepared = new Option<bool>("--prepared") { Description = "Write the people into the store directly, and measure a run with one percent of them changed too." };
        var command = new Command("push", "Members a second from a cohort to a list, over the whole program, beside a list server of its own.")
        {
            members, latency, rate, runs, official, prepared,
        };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var wanted = new Wanted(
                arguments.GetValue(members), TimeSpan.FromMilliseconds(arguments.GetValue(latency)), arguments.GetValue(rate), arguments.GetValue(official),
                arguments.GetValue(prepared));
            await Console.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"load of the machine before: {Checkout.Load():N1}, {Environment.ProcessorCount} cores"));
            var measured = new List<Measured>();
            for (var run = 0; run < arguments.GetValue(runs); run++)
            {
                measured.Add(await MeasureAsync(wanted, cancellationToken));
                await Console.Out.WriteLineAsync(measured[^1].ToString());
            }

            await Console.Out.WriteLineAsync(Medians(wanted, measured));
        });
        return command;
    }

    private static async Task<Measured> MeasureAsync(Wanted wanted, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("muster-bench").FullName;
        try
        {
            await using var iterable = await FakeIterable.StartAsync(wanted.Latency, wanted.Rate, cancellationToken);
            var official = wanted.OfficialClient > 0 ? await OfficialClientAsync(iterable, wanted, cancellationToken) : (TimeSpan?)null;
            iterable.Forget();

            int projectId;
            TimeSpan loaded;
            double peakOfLoading;
            await using (var loader = await MusterProcess.StartAsync(folder, iterable.Address, wanted.Rate, cancellationToken))
            {
                var loading = Stopwatch.GetTimestamp();
                var loaders = new SyncedPeople(loader);
                projectId = wanted.Prepared
                    ? (await loaders.MakeProjectAsync(cancellationToken))["id"]!.GetValue<int>()
                    : await loaders.LoadAsync(wanted.Members, cancellationToken);
                loaded = Stopwatch.GetElapsedTime(loading);
                peakOfLoading = Checkout.PeakMemoryMiB(loader.Process);
            }

            if (wanted.Prepared)
            {
                PreparedPeople.Make(folder, projectId, wanted.Members);
            }

            // The export has a process of its own, so that its memory is told apart from that of the loading.
            Measured measured;
            int syncId;
            await using (var muster = await MusterProcess.StartAsync(folder, iterable.Address, wanted.Rate, cancellationToken))
            {
                var people = new SyncedPeople(muster);
                var first = await people.FirstRunAsync(projectId, cancellationToken);
                Expect(wanted.Members, iterable.CountMembers(), "different addresses on the list");
                Expect(wanted.Members, first["adds"]!.GetValue<int>(), "adds of the run");
                var peakOfFirst = Checkout.PeakMemoryMiB(muster.Process);
                var (taken, refused) = iterable.Calls;
                var reached = iterable.Reached;
                iterable.Forget();
                var second = await people.AgainAsync(cancellationToken);
                var (again, againRefused) = iterable.Calls;
                Expect(0, again + againRefused, "calls of a second run without a change");
                Expect(wanted.Members, second["unchanged"]!.GetValue<int>(), "unchanged of the second run");
                syncId = people.SyncId;
                measured = new Measured
                {
                    Reached = reached,
                    Push = Step(first, "push"),
                    Run = Time(first, "finishedAt") - Time(first, "startedAt"),
                    SecondRun = Time(second, "finishedAt") - Time(second, "startedAt"),
                    Steps = Steps(first),
                    Loading = loaded,
                    PeakOfLoadingMiB = peakOfLoading,
                    PeakMiB = peakOfFirst,
                    Calls = taken,
                    Refused = refused,
                    Cpu = muster.Process.TotalProcessorTime,
                    OfficialClient = official,
                };
            }

            return wanted.Prepared
                ? measured with { Changed = await ChangedRunAsync(folder, projectId, syncId, iterable, wanted, cancellationToken) }
                : measured;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> ChangedRunAsync(
        string folder, int projectId, int syncId, FakeIterable iterable, Wanted wanted, CancellationToken cancellationToken)
    {
        PreparedPeople.Churn(folder, projectId, wanted.Members);
        await using var muster = await MusterProcess.StartAsync(folder, iterable.Address, wanted.Rate, cancellationToken);
        var run = await new SyncedPeople(muster, syncId).AgainAsync(cancellationToken);
        var changed = wanted.Members / 100;
        Expect(changed, run["adds"]!.GetValue<int>(), "adds of the run with changes");
        Expect(changed, run["removes"]!.GetValue<int>(), "removes of the run with changes");
        Expect(2 * (int)Math.Ceiling(changed / 1000.0), iterable.Calls.Taken + iterable.Calls.Refused, "calls of the run with changes");
        return string.Create(CultureInfo.InvariantCulture, $"{iterable.Calls.Taken} calls, {Steps(run)}, peak {Checkout.PeakMemoryMiB(muster.Process):N0} MiB");
    }

    private static string Steps(JsonObject run) => string.Join(", ", run["steps"]!.AsArray().Select(s => string.Create(
        CultureInfo.InvariantCulture, $"{s!["step"]!.GetValue<string>()} {Step(run, s["step"]!.GetValue<string>()).TotalSeconds:N2} s")));

    private static async Task<TimeSpan> OfficialClientAsync(FakeIterable iterable, Wanted wanted, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            Path.Combine(Checkout.Root, "bench", "Push", "official-client.mjs"), Checkout.IterableClient, iterable.Address.ToString(),
            wanted.Members.ToString(CultureInfo.InvariantCulture), wanted.OfficialClient.ToString(CultureInfo.InvariantCulture),
        ];
        using var node = Process.Start(new ProcessStartInfo("node", arguments) { RedirectStandardOutput = true })!;
        var text = await node.StandardOutput.ReadToEndAsync(cancellationToken);
        await node.WaitForExitAsync(cancellationToken);
        Expect(0, node.ExitCode, "exit status of the loop over the official client (is it installed? see README.md)");
        Expect(wanted.Members, iterable.CountMembers(), "addresses that the official client sent");
        return TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));
    }

    private static string Medians(Wanted wanted, List<Measured> all)
    {
        var push = Median(all, m => m.Push.TotalSeconds);
        var run = Median(all, m => m.Run.TotalSeconds);
        var ceiling = wanted.Rate > 0 ? Math.Ceiling(wanted.Members / 1000.0) / wanted.Rate : 0;
        return string.Create(CultureInfo.InvariantCulture, $"""

            medians of {all.Count}, {wanted.Members:N0} members, latency {wanted.Latency.TotalMilliseconds:N0} ms, rate {(wanted.Rate > 0 ? wanted.Rate : "none")}
            push        {push:N2} s, {wanted.Members / push:N0} members/s{(ceiling > 0 ? $", {ceiling / push:N3} of the ceiling ({ceiling:N1} s, the last answer's latency among it); {Median(all, m => m.Reached / wanted.Rate):N3} of the rate between the first call and the last" : "")}
            whole run   {run:N2} s, {wanted.Members / run:N0} members/s
            second run  {Median(all, m => m.SecondRun.TotalSeconds):N2} s, no call
            peak memory {Median(all, m => m.PeakMiB):N0} MiB, of the first sync; {Median(all, m => m.PeakOfLoadingMiB):N0} MiB of the loading before it
            {(wanted.OfficialClient > 0 ? $"bare loop   {wanted.Members / Median(all, m => m.OfficialClient!.Value.TotalSeconds):N0} members/s over @iterable/api, {wanted.OfficialClient} calls in flight" : "")}
            """);
    }

    private static double Median(List<Measured> all, Func<Measured, double> of) => all.Select(of).Order().ElementAt(all.Count / 2);

    private static TimeSpan Step(JsonObject run, string name)
    {
        var step = run["steps"]!.AsArray().Single(s => s!["step"]!.GetValue<string>() == name)!.AsObject();
        return Time(step, "finishedAt") - Time(step, "startedAt");
    }

    private static DateTimeOffset Time(JsonObject from, string name) => from[name]!.GetValue<DateTimeOffset>();

    private static void Expect(int expected, int found, string what)
    {
        if (found != expected)
        {
            throw new InvalidOperationException($"{what}: {found}, not {expected}");
        }
    }

    private sealed record Wanted(int Members, TimeSpan Latency, double Rate, int OfficialClient, bool Prepared);

    private sealed record Measured
    {
        public string? Changed { get; init; }

        public required double Reached { get; init; }

        public required TimeSpan Push { get; init; }

        public required TimeSpan Run { get; init; }

        public required TimeSpan SecondRun { get; init; }

        public required string Steps { get; init; }

        public required TimeSpan Loading { get; init; }

        public required double PeakOfLoadingMiB { get; init; }

        public required double PeakMiB { get; init; }

        public required int Calls { get; init; }

        public required int Refused { get; init; }

        public required TimeSpan Cpu { get; init; }

        public required TimeSpan? OfficialClient { get; init; }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
            {Steps}
              loading {Loading.TotalSeconds:N1} s, {Calls} calls ({Refused} refused), second run {SecondRun.TotalSeconds:N2} s, cpu {Cpu.TotalSeconds:N1} s, peak {PeakMiB:N0} MiB ({PeakOfLoadingMiB:N0} of the loading before it){(OfficialClient is { } bare ? $", bare loop {bare.TotalSeconds:N2} s" : "")}{(Changed is null ? "" : $"\n  one percent changed: {Changed}")}
            """);
    }
}
