using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Muster.Bench.Serving;
using Muster.Cohorts.Compilation;
using Muster.Control;
using Muster.Syncs.Ledger;
using Muster.Syncs.Matching;
using Muster.Warehouse;
using Muster.Warehouse.DuckDb;

namespace Muster.Bench.Diff;

/// <summary>How long it takes to find what changed between a large cohort and its list, and how much memory.</summary>
internal static class DiffCommand
{
    private const string MeasureName = "diff-measure";
    private const int ProjectId = 1;
    private const long ListId = 7;

    // One person in 101 is not on the list yet, and another is on it but not in the cohort any more: a percent each,
    // spread evenly over all people.
    private const string People = """
        INSERT INTO identity SELECT i, 1, 'person-' || i FROM range(1, $people + 1) t(i);
        INSERT INTO profile
        SELECT i, 1, '{"$email":"person.' || i || '@customers.example.com","plan":"pro"}',
               'person.' || i || '@customers.example.com', NULL, NULL, NULL, NULL
        FROM range(1, $people + 1) t(i);
        INSERT INTO ledger
        SELECT 1, 7, md5_number('e:person.' || i || '@customers.example.com'), i, 'person.' || i || '@customers.example.com', NULL, 1, true
        FROM range(1, $people + 1) t(i) WHERE i % 101 <> 50;
        """;

    private static readonly MemberQuery Members = new("SELECT user_id FROM profile WHERE project_id = $c0 AND user_id % 101 <> $c1", []);

    public static Command Create()
    {
        var members = new Option<int>("--members") { DefaultValueFactory = _ => 10_000_000 };
        var runs = new Option<int>("--runs") { DefaultValueFactory = _ => 3, Description = "Measurements, each in a process of its own." };
        var folder = new Option<string?>("--folder") { Description = "Keep the prepared store here and use it again; without, it is made and thrown away." };
        var command = new Command("diff", "Members against the ledger of their list, one percent of them changed.") { members, runs, folder };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var kept = arguments.GetValue(folder);
            var path = kept ?? Directory.CreateTempSubdirectory("muster-bench").FullName;
            try
            {
                if (!File.Exists(Path.Combine(path, "warehouse.duckdb")))
                {
                    Prepare(path, arguments.GetValue(members));
                }

                await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"load of the machine before: {Checkout.Load():N1}"));
                for (var run = 0; run < arguments.GetValue(runs); run++)
                {
                    using var measuring = Process.Start(
                        Environment.ProcessPath!, [MeasureName, "--folder", path, "--members", arguments.GetValue(members).ToString(CultureInfo.InvariantCulture)]);
                    await measuring.WaitForExitAsync(cancellationToken);
                }
            }
            finally
            {
                if (kept is null)
                {
                    Directory.Delete(path, recursive: true);
                }
            }
        });
        return command;
    }

    public static Command CreateMeasure()
    {
        var members = new Option<int>("--members") { Required = true };
        var folder = new Option<string>("--folder") { Required = true };
        var command = new Command(MeasureName, "One measurement; started by diff.") { members, folder };
        command.Hidden = true;
        command.SetAction((arguments, cancellationToken) =>
            MeasureAsync(arguments.GetRequiredValue(folder), arguments.GetRequiredValue(members), cancellationToken));
        return command;
    }

    private static void Prepare(string folder, int members)
    {
        using var store = new DuckDbStore(new WarehouseOptions { DataDir = folder });
        using var connection = store.Open();
        foreach (var statement in People.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            connection.Execute(statement, ("people", members + Churn(members)));
        }

        connection.Execute("CHECKPOINT");
    }

    private static async Task MeasureAsync(string folder, int members, CancellationToken cancellationToken)
    {
        using var store = new DuckDbStore(new WarehouseOptions { DataDir = folder });
        await using var ledger = new DuckDbLedger(store, TimeProvider.System);
        await using var workspace = await ledger.OpenWorkspaceAsync(
            new Sync
            {
                Id = 1,
                ProjectId = ProjectId,
                CohortId = 1,
                ConnectionId = 1,
                Type = SyncType.Dynamic,
                IntervalSeconds = 900,
                Status = SyncStatus.Active,
                ListName = "bench",
                CreatedAt = DateTimeOffset.UnixEpoch,
                CreatedBy = "bench",
            },
            ListId,
            cancellationToken);
        var query = Members with { Parameters = [new("c0", ProjectId), new("c1", 7)] };
        var rules = new MatchRules
        {
            ConnectionId = 1,
            ProjectType = ProjectType.Email,
            CanonicalIdAsUserId = false,
            Now = DateTimeOffset.UnixEpoch,
        };

        var clock = Stopwatch.StartNew();
        await workspace.StageAsync(query, cancellationToken);
        var (staged, peakOfStage) = (clock.Elapsed, Peak());
        clock.Restart();
        await workspace.MatchAsync(rules, cancellationToken);
        var (matched, peakOfMatch) = (clock.Elapsed, Peak());
        clock.Restart();
        var plan = await workspace.PlanAsync(2, cancellationToken);
        var (planned, peak) = (clock.Elapsed, Peak());
        if ((plan.Counts.Adds, plan.Counts.Removes, plan.Counts.Members) != (Churn(members), Churn(members), members))
        {
            throw new InvalidOperationException($"not the plan that was to be: {plan.Counts}");
        }

        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            {members:N0} members, {plan.Counts.Adds:N0} adds, {plan.Counts.Removes:N0} removes: stage {staged.TotalSeconds:N2} s, match {matched.TotalSeconds:N2} s, plan {planned.TotalSeconds:N2} s, peak {peak:N0} MiB ({peakOfStage:N0} after stage, {peakOfMatch:N0} after match)
            """));
    }

    private static int Churn(int members) => members / 100;

    private static double Peak() => Checkout.PeakMemoryMiB(Process.GetCurrentProcess());
}
