using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Syncs;

public sealed class SyncRunnerTests
{
    [Fact]
    public async Task Execute_ListMadeAgainUnderItsOldId_IsFilled()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "a@x.io", null)]);
        await world.RunAsync();

        world.Iterable.Empty();
        var run = await world.RunAsync();

        run.ListId.ShouldBe(100);
        run.Counts.Adds.ShouldBe(1);
        world.Iterable.OnList(SyncWorld.ListName).ShouldBe([("a@x.io", null)]);
    }

    [Fact]
    public async Task Execute_ConnectionCannotBeOpened_LeavesTheCohortsCountAlone()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "a@x.io", null)]);
        await world.RunAsync();

        world.Iterable.IsLocked = true;
        (await world.RunAsync()).Error!.Code.ShouldBe("connection_key_unreadable");

        await using var db = world.CreateDbContext();
        (await db.Cohorts.SingleAsync()).Count.ShouldBe(1);
        (await db.CohortCounts.CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Execute_SyncsStateCannotBeStored_RunHasNotEndedEither()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email, guardPercent: 50, guardAtLeast: 1);
        world.Put([new Person(1, true, "a@x.io", null)]);
        await world.RunAsync();
        world.Put([new Person(1, false, "a@x.io", null)]);
        await using var db = world.CreateDbContext();
        await db.Database.ExecuteSqlRawAsync(
            "CREATE TRIGGER no_hold BEFORE UPDATE OF Status ON Syncs WHEN NEW.Status = 'Held' BEGIN SELECT RAISE(ABORT, 'not now'); END");

        await Should.ThrowAsync<Exception>(() => world.RunAsync());
        (await db.Runs.AsNoTracking().OrderBy(r => r.Id).LastAsync()).Status.ShouldBe(RunStatus.Running);

        await db.Database.ExecuteSqlRawAsync("DROP TRIGGER no_hold");
        (await world.RunAsync()).Status.ShouldBe(RunStatus.Held);
        (await world.SyncAsync()).Status.ShouldBe(SyncStatus.Held);
    }

    [Fact]
    public async Task Execute_MadeOneTimeMeanwhile_SyncIsDone()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "a@x.io", null)]);
        await using var db = world.CreateDbContext();
        world.Iterable.OnSend = () => db.Syncs.ExecuteUpdate(set => set.SetProperty(s => s.Type, SyncType.OneTime));

        await world.RunAsync();

        (await world.SyncAsync()).Status.ShouldBe(SyncStatus.NotActive);
    }

    // The address may be the very user's whom the user id names: it goes before the user id comes, and whichever of the
    // two answers is lost, one user is on the list in the end, under both names.
    [Theory]
    [InlineData(Fate.LostAfter, Fate.Acknowledged)]
    [InlineData(Fate.Acknowledged, Fate.LostAfter)]
    [InlineData(Fate.Acknowledged, Fate.LostBefore)]
    internal async Task Execute_UserIdOfAnUnconfirmedRunReturnsUnderItsOldAddress_IsOneUserOnTheList(Fate ofRemove, Fate ofAdd)
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Hybrid);
        world.Put([new Person(4, true, "a4@x.io", null)]);
        await world.RunAsync();
        world.Put([new Person(4, true, null, "u4")]);
        world.Iterable.Script.Enqueue(ofRemove);
        world.Iterable.Script.Enqueue(ofAdd);
        await world.RunAsync();
        world.Iterable.Script.Clear();

        world.Put([new Person(4, true, "a4@x.io", "u4")]);
        await world.RunAsync();

        world.Iterable.OnList(SyncWorld.ListName).ShouldBe([("a4@x.io", "u4")]);
    }

    [Fact]
    public async Task Execute_KilledBetweenCalls_CountsThoseBeforeToo()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "a@x.io", null)]);
        await world.RunAsync();
        world.Put([new Person(1, false, "a@x.io", null), new Person(2, true, "b@x.io", null)]);
        world.Iterable.Script.Enqueue(Fate.Acknowledged);
        world.Iterable.Script.Enqueue(Fate.KilledBefore);

        (await world.RunAsync()).Status.ShouldBe(RunStatus.Running);
        var run = await world.RunAsync();

        run.Status.ShouldBe(RunStatus.Succeeded);
        run.Calls.ShouldBe(2);
        run.Done.ShouldBe(2);
    }

    [Fact]
    public async Task Execute_NobodyCanBeMatched_EachHasAReceiptAndTheLedgerStays()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "a@x.io", null)]);
        await world.RunAsync();
        world.Put([new Person(1, false, "a@x.io", null), new Person(2, true, null, null), new Person(3, true, "no address", null)]);

        var run = await world.RunAsync();

        run.Error!.Code.ShouldBe("no_matchable_members");
        (await world.ReceiptsAsync(run)).Select(r => (r.DistinctId, r.Operation, r.Outcome, r.Reason)).ShouldBe(
            [("p2", "none", "skipped", "no_email"), ("p3", "none", "skipped", "invalid_email")], ignoreOrder: true);
        world.Iterable.OnList(SyncWorld.ListName).ShouldBe([("a@x.io", null)]);

        world.Put([new Person(1, true, "a@x.io", null)]);
        var next = await world.RunAsync();
        next.Counts.Unchanged.ShouldBe(1);
        next.Counts.Adds.ShouldBe(0);
        (await world.ReceiptsAsync(next)).Select(r => (r.DistinctId, r.Outcome)).ShouldContain(("p1", "unchanged"));
    }
}
