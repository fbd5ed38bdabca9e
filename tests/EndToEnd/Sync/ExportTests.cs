using System.Net;
using Shouldly;
using Xunit;

namespace Muster.Tests.EndToEnd.Sync;

/// <summary>A cohort becomes a true list through the real program, whatever happens on the way.</summary>
public sealed class ExportTests
{
    private const string Subscribe = "POST /api/lists/subscribe";
    private const string Unsubscribe = "POST /api/lists/unsubscribe";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_KilledAgainAndAgain_EndsWithTheListExactlyRight()
    {
        const int People = 20_000;
        const int Kills = 3;
        await using var world = await ExportWorld.StartAsync(latencyMs: 200);
        await world.PeopleAsync(People);
        var sync = await world.ExportAsync();
        var runId = sync.GetProperty("lastRun").GetProperty("id").GetInt64();
        var dice = new Random(7);
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(dice.Next(100, 900)), TimeProvider.System);
            await world.Muster.KillAsync();
            await world.Muster.StartAgainAsync();
        }

        var run = await world.EndOfAsync(runId);

        run.GetProperty("status").GetString().ShouldBe("succeeded", run.ToString());
        run.GetProperty("adds").GetInt64().ShouldBe(People);
        (await world.OnListAsync()).ShouldBe(Addresses(People));
        var receipts = await world.ReceiptsAsync(runId);
        receipts.Count.ShouldBe(People);
        receipts.ShouldBeUnique();
        receipts.ShouldAllBe(r => r.EndsWith(",add,added,", StringComparison.Ordinal));
        // What was acknowledged is not sent again; what was under way at a kill may be.
        run.GetProperty("calls").GetInt32().ShouldBe(People / 1000);
        (await world.GetAsync("syncs/1")).GetProperty("status").GetString().ShouldBe("not_active");
    }

    [Theory]
    [InlineData("html", false)]
    [InlineData("cut", true)]
    [InlineData("reset", true)]
    [InlineData("reset", false)]
    [InlineData("status", false)]
    public async Task Run_CallsThatFailOnce_AreTriedAgain(string kind, bool afterChange)
    {
        await using var world = await ExportWorld.StartAsync();
        await world.PeopleAsync(3000);
        await world.PlantAsync(new { kind, afterChange, path = "/api/lists/subscribe", times = 2 });

        var run = await world.EndOfAsync((await world.ExportAsync()).GetProperty("lastRun").GetProperty("id").GetInt64());

        run.GetProperty("status").GetString().ShouldBe("succeeded", run.ToString());
        run.GetProperty("retries").GetInt32().ShouldBe(2);
        (await world.OnListAsync()).ShouldBe(Addresses(3000));
    }

    [Fact]
    public async Task Run_KeyRefused_PausesWithTheReasonAndGoesOnWhenResumed()
    {
        await using var world = await ExportWorld.StartAsync();
        await world.PeopleAsync(10);
        await world.PlantAsync(new { kind = "status", status = 401, path = "/api/lists/subscribe" });

        var run = await world.EndOfAsync((await world.ExportAsync()).GetProperty("lastRun").GetProperty("id").GetInt64());
        var paused = await world.GetAsync("syncs/1");
        await world.PostAsync("syncs/1/resume", null);
        var resumed = await world.EndOfAsync((await world.GetAsync("syncs/1")).GetProperty("lastRun").GetProperty("id").GetInt64());

        run.GetProperty("status").GetString().ShouldBe("failed");
        run.GetProperty("error").GetProperty("transient").GetBoolean().ShouldBeFalse();
        paused.GetProperty("status").GetString().ShouldBe("paused");
        paused.GetProperty("pausedReason").GetString().ShouldNotBeNullOrEmpty();
        resumed.GetProperty("status").GetString().ShouldBe("succeeded");
        (await world.OnListAsync()).ShouldBe(Addresses(10));
    }

    [Fact]
    public async Task Run_PeopleMoved_AddsBeforeRemovesAndThenSendsNothing()
    {
        await using var world = await ExportWorld.StartAsync();
        await world.PeopleAsync(5);
        await world.EndOfAsync((await world.ExportAsync()).GetProperty("lastRun").GetProperty("id").GetInt64());
        await world.SetAsync(1, "in", false);
        await world.SetAsync(2, "$email", "Moved@Example.com");

        var moved = await world.RunAgainAsync();
        var calls = await world.CallsAsync(Subscribe) + await world.CallsAsync(Unsubscribe);
        var quiet = await world.RunAgainAsync();

        moved.GetProperty("adds").GetInt64().ShouldBe(1);
        moved.GetProperty("removes").GetInt64().ShouldBe(2);
        (await world.OnListAsync()).ShouldBe(["moved@example.com", "u3@example.com", "u4@example.com", "u5@example.com"]);
        quiet.GetProperty("calls").GetInt32().ShouldBe(0);
        quiet.GetProperty("unchanged").GetInt64().ShouldBe(4);
        (await world.CallsAsync(Subscribe) + await world.CallsAsync(Unsubscribe)).ShouldBe(calls);
    }

    [Fact]
    public async Task Run_ListDeletedByOthers_IsMadeAgainAndFilled()
    {
        await using var world = await ExportWorld.StartAsync();
        await world.PeopleAsync(5);
        var first = await world.EndOfAsync((await world.ExportAsync()).GetProperty("lastRun").GetProperty("id").GetInt64());
        await world.DeleteListAsync(first.GetProperty("listId").GetInt64());

        var run = await world.RunAgainAsync();

        run.GetProperty("status").GetString().ShouldBe("succeeded", run.ToString());
        run.GetProperty("adds").GetInt64().ShouldBe(5);
        (await world.OnListAsync()).ShouldBe(Addresses(5));
    }

    [Fact]
    public async Task Drift_OthersEditTheList_IsRepairedByItselfAndReceipted()
    {
        await using var world = await ExportWorld.StartAsync(settings: new Dictionary<string, string>
        {
            ["MUSTER_SYNC_DRIFT_INTERVAL"] = "00:00:01",
            ["MUSTER_SYNC_SETTLING_TIME"] = "00:00:00.1",
        });
        await world.PeopleAsync(5);
        var first = await world.EndOfAsync((await world.ExportAsync(new { cohortId = 1, connectionId = 1, type = "dynamic", intervalSeconds = 3600 }))
            .GetProperty("lastRun").GetProperty("id").GetInt64());
        await world.EditListAsync("subscribe", first.GetProperty("listId").GetInt64(), "stranger@example.com");

        var repair = await world.EndOfAsync(await world.NextRunAsync(first.GetProperty("id").GetInt64()));

        repair.GetProperty("trigger").GetString().ShouldBe("reconcile");
        repair.GetProperty("status").GetString().ShouldBe("succeeded", repair.ToString());
        (await world.OnListAsync()).ShouldBe(Addresses(5));
        (await world.ReceiptsAsync(repair.GetProperty("id").GetInt64())).ShouldContain(",stranger@example.com,,remove,removed,");
    }

    [Fact]
    public async Task Run_CohortFellToZero_IsHeldUntilApproved()
    {
        await using var world = await ExportWorld.StartAsync();
        await world.PeopleAsync(2);
        await world.EndOfAsync((await world.ExportAsync()).GetProperty("lastRun").GetProperty("id").GetInt64());
        await world.SetAsync(1, "in", false);
        await world.SetAsync(2, "in", false);

        var held = await world.RunAgainAsync();
        var onListWhileHeld = await world.OnListAsync();
        var approved = await world.EndOfAsync((await world.PostAsync("syncs/1/approve", null)).GetProperty("id").GetInt64());

        held.GetProperty("status").GetString().ShouldBe("held");
        onListWhileHeld.ShouldBe(Addresses(2));
        approved.GetProperty("status").GetString().ShouldBe("succeeded");
        (await world.OnListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_NobodyCanBeMatched_FailsAndLeavesTheListAlone()
    {
        await using var world = await ExportWorld.StartAsync();
        await world.PeopleAsync(2);
        await world.EndOfAsync((await world.ExportAsync()).GetProperty("lastRun").GetProperty("id").GetInt64());
        await world.SetAsync(1, "$email", null);
        await world.SetAsync(2, "$email", "nonsense");

        var run = await world.RunAgainAsync();

        run.GetProperty("error").GetProperty("code").GetString().ShouldBe("no_matchable_members");
        run.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("$email");
        (await world.OnListAsync()).ShouldBe(Addresses(2));
    }

    private static IEnumerable<string> Addresses(int people) => Enumerable.Range(1, people).Select(i => $"u{i}@example.com").Order(StringComparer.Ordinal);

    [Fact]
    public async Task Resume_ConnectionIsDisconnected_IsRefusedAndTheSyncStaysPaused()
    {
        await using var world = await ExportWorld.StartAsync();
        await world.PeopleAsync(3);
        var sync = await world.ExportAsync(new { cohortId = 1, connectionId = 1, type = "dynamic" });
        await world.EndOfAsync(sync.GetProperty("lastRun").GetProperty("id").GetInt64());
        (await world.Muster.Http.DeleteAsync("/api/v1/connections/1", Stop)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        using var answer = await world.Muster.Http.PostAsync("/api/v1/syncs/1/resume", null, Stop);

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain("Make a new connection");
        (await world.GetAsync("syncs/1")).GetProperty("status").GetString().ShouldBe("paused");

        using var odd = await world.Muster.Http.DeleteAsync("/api/v1/syncs/1?deleteList=maybe", Stop);
        odd.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await odd.Content.ReadAsStringAsync(Stop)).ShouldContain("\"path\":\"deleteList\"");
        (await world.GetAsync("syncs/1")).GetProperty("id").GetInt32().ShouldBe(1);
    }
}
