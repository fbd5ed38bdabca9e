using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Muster.Tests.EndToEnd.Sync;
using Shouldly;
using Xunit;

namespace Muster.Tests.EndToEnd.Backup;

public sealed class BackupUnderLoadTests
{
    private const int EventsPerBatch = 500;
    private const int People = 300;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Backup_WhileEventsComeInAndASyncRuns_RestoresToAMomentThatHadAllThatWasAcknowledged()
    {
        await using var world = await ExportWorld.StartAsync();
        await world.PeopleAsync(People);
        await world.ExportAsync(new { cohortId = 1, connectionId = 1, type = "dynamic", intervalSeconds = 1, removalGuard = (object?)null });
        var folder = Directory.CreateTempSubdirectory("muster-e2e-").FullName;
        var target = Path.Combine(folder, "backup");
        try
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            var acknowledged = new ConcurrentDictionary<int, bool>();
            var load = LoadAsync(world, acknowledged, end.Token);
            await UntilAsync(() => acknowledged.Count >= 30);
            // A run has succeeded: on a busy machine the first one takes its time.
            await UntilAsync(async () => (await world.Muster.Http.GetStringAsync(new Uri("/api/v1/syncs/1/runs", UriKind.Relative), Stop))
                .Contains("\"succeeded\"", StringComparison.Ordinal));

            var before = acknowledged.Keys.ToList();
            var taken = await world.Muster.RunAsync("backup", target);
            await end.CancelAsync();
            await load;

            taken.Status.ShouldBe(0, taken.Error);
            taken.Output.ShouldContain($"Backup of {world.Muster.Address.GetLeftPart(UriPartial.Authority)}");
            before.ShouldNotBeEmpty();
            Directory.Exists(Path.Combine(world.Muster.DataDir, "backup-in-progress")).ShouldBeFalse();
            await IsOneMomentAsync(target, before, folder);
            await BecomesTrueAgainAsync(world, target);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Each batch is there whole or not at all; and the stores agree with each other as after a kill.
    private static async Task IsOneMomentAsync(string backup, List<int> acknowledged, string folder)
    {
        var restored = Path.Combine(folder, "restored");
        var result = await MusterProgram.RunAsync(["restore", backup, "--data-dir", restored]);
        result.Status.ShouldBe(0, result.Error);

        var batches = StoreContents.Warehouse(restored, $"SELECT split_part(insert_id, '-', 1) || '=' || count(*) FROM event GROUP BY split_part(insert_id, '-', 1)")
            .Select(row => row.Split('=')).ToDictionary(row => int.Parse(row[0], CultureInfo.InvariantCulture), row => int.Parse(row[1], CultureInfo.InvariantCulture));
        batches.Values.ShouldAllBe(count => count == EventsPerBatch);
        acknowledged.ShouldBeSubsetOf(batches.Keys);
        StoreContents.Warehouse(restored, "SELECT count(*)::VARCHAR FROM profile").ShouldBe([People.ToString(CultureInfo.InvariantCulture)]);

        var runs = StoreContents.Control(restored, "SELECT Id FROM Runs");
        StoreContents.Warehouse(restored, "SELECT run_id::VARCHAR FROM plan").ShouldBeSubsetOf(runs, "a plan of a run that the control data does not know would be taken for that of a later run");
        var succeeded = StoreContents.Control(restored, "SELECT Id FROM Runs WHERE Status = 'Succeeded'");
        succeeded.ShouldNotBeEmpty();
        succeeded.ShouldBeSubsetOf(StoreContents.Warehouse(restored, "SELECT run_id::VARCHAR FROM plan WHERE settled"));
    }

    // The list went on without the backup: someone left it and someone joined. What is served from the backup finds that out
    // before it changes anything.
    private static async Task BecomesTrueAgainAsync(ExportWorld world, string backup)
    {
        await world.SetAsync(1, "in", false);
        await world.SetAsync(2, "$email", "moved@example.com");
        await UntilAsync(async () => !(await world.OnListAsync()).Contains("u1@example.com") && (await world.OnListAsync()).Contains("moved@example.com"));
        (await world.Muster.StopAsync()).ShouldBe(0);

        await using var restored = await MusterProcess.StartAsync(world.Settings, async dataDir =>
        {
            var result = await MusterProgram.RunAsync(["restore", backup, "--data-dir", dataDir]);
            result.Status.ShouldBe(0, result.Error);
        });

        // As it was at the backup: u1 is in, u2 has the first address.
        using var answer = await restored.Http.GetAsync(new Uri("/api/v1/cohorts/1/members.csv", UriKind.Relative), Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, restored.Log);
        var csv = await answer.Content.ReadAsStringAsync(Stop);
        var members = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',')[1]).Order(StringComparer.Ordinal).ToList();
        members.ShouldContain("u1@example.com");
        members.ShouldContain("u2@example.com");
        await UntilAsync(async () => (await world.OnListAsync()).SequenceEqual(members));
    }

    private static async Task LoadAsync(ExportWorld world, ConcurrentDictionary<int, bool> acknowledged, CancellationToken end)
    {
        using var client = new HttpClient { BaseAddress = world.Muster.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", $"{world.Token}:");
        var flips = FlipAsync(world, end);
        try
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, 5000), new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = end }, async (batch, stop) =>
            {
                using var content = new StringContent(Body(batch), Encoding.UTF8, "application/json");
                using var answer = await client.PostAsync(new Uri("/import?strict=1", UriKind.Relative), content, stop);
                answer.EnsureSuccessStatusCode();
                acknowledged[batch] = true;
            });
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The backup is taken.
        }

        await flips;
    }

    // People who move in and out, so that runs have something to do; everyone is in at the end.
    private static async Task FlipAsync(ExportWorld world, CancellationToken end)
    {
        for (var i = 0; !end.IsCancellationRequested; i++)
        {
            await world.SetAsync(3 + (i / 2 % 50), "in", i % 2 == 1);
        }

        for (var person = 1; person <= People; person++)
        {
            await world.SetAsync(person, "in", true);
        }
    }

    private static string Body(int batch)
    {
        var time = TimeProvider.System.GetUtcNow().AddDays(-1).ToUnixTimeSeconds();
        var events = Enumerable.Range(0, EventsPerBatch).Select(i => string.Create(CultureInfo.InvariantCulture, $$"""
            {"event":"e{{i % 7}}","properties":{"time":{{time}},"distinct_id":"u{{1 + (i % People)}}","$insert_id":"{{batch}}-{{i}}"} }
            """));
        return $"[{string.Join(',', events)}]";
    }

    private static Task UntilAsync(Func<bool> holds) => UntilAsync(() => Task.FromResult(holds()));

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var tries = 0; tries < 600; tries++)
        {
            if (await holds())
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Stop);
        }

        throw new TimeoutException("It did not come about within a minute.");
    }
}
