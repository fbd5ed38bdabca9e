using Muster.Control;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Syncs;

public sealed class ReceiptRetentionTests
{
    [Fact]
    public async Task Apply_RunOlderThanThirtyDays_LosesItsReceiptsAndKeepsItsNumbers()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "a@x.io", null), new Person(2, true, null, null)]);
        var old = await world.RunAsync();
        world.Clock.Advance(TimeSpan.FromDays(20));
        var recent = await world.RunAsync();

        await world.ForgetOldReceiptsAsync();
        (await world.ReceiptsAsync(old)).Count.ShouldBe(2);
        world.Clock.Advance(TimeSpan.FromDays(11));
        await world.ForgetOldReceiptsAsync();

        (await world.ReceiptsAsync(old)).ShouldBeEmpty();
        old.Counts.Adds.ShouldBe(1);
        // Who is skipped for the same reason has one receipt for both runs; it stays as long as the later one.
        (await world.ReceiptsAsync(recent)).Select(r => $"{r.DistinctId} {r.Outcome}").ShouldBe(["p1 unchanged", "p2 skipped"]);
    }

    [Fact]
    public async Task Apply_SyncPaused_IsLookedThroughToo()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "a@x.io", null)]);
        var run = await world.RunAsync();
        await world.ChangeSyncAsync(s => s.Status = SyncStatus.Paused);
        world.Clock.Advance(TimeSpan.FromDays(31));

        await world.ForgetOldReceiptsAsync();

        (await world.ReceiptsAsync(run)).ShouldBeEmpty();
        world.CountRows("SELECT count(*) FROM ledger").ShouldBe(1);
    }

    [Fact]
    public async Task Apply_SyncDeleted_TakesTheLedgerWithTheLastReceipt()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "a@x.io", null)]);
        await world.RunAsync();
        await world.ChangeSyncAsync(s => (s.Status, s.DeletedAt) = (SyncStatus.NotActive, world.Clock.GetUtcNow()));

        await world.ForgetOldReceiptsAsync();
        world.CountRows("SELECT count(*) FROM ledger").ShouldBe(1);
        world.Clock.Advance(TimeSpan.FromDays(31));
        await world.ForgetOldReceiptsAsync();

        world.CountRows("SELECT (SELECT count(*) FROM ledger) + (SELECT count(*) FROM receipt) + (SELECT count(*) FROM plan)").ShouldBe(0);
    }

    [Fact]
    public async Task Run_ListDeletedByOthers_LeavesNoLedgerOfTheFormerListButItsReceipts()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "a@x.io", null)]);
        await world.RunAsync();
        var before = await world.RunAsync();
        world.Iterable.DeleteLists();

        var run = await world.RunAsync();

        run.ListId.ShouldNotBe(before.ListId);
        world.CountRows($"SELECT count(*) FROM ledger WHERE list_id = {before.ListId}").ShouldBe(0);
        (await world.ReceiptsAsync(before)).ShouldHaveSingleItem().Outcome.ShouldBe("unchanged");
        (await world.ReceiptsAsync(run)).ShouldHaveSingleItem().Outcome.ShouldBe("added");
    }

    [Fact]
    public async Task Receipts_RunEndedBeforeItsCalls_AreSkippedWithoutAnOperation()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "a@x.io", null)]);
        await world.RunAsync();
        world.Put([new Person(1, true, "new@x.io", null)]);
        world.Iterable.Script.Enqueue(Fate.LostAfter);

        var run = await world.RunAsync();

        run.Status.ShouldBe(RunStatus.Failed);
        (await world.ReceiptsAsync(run)).Select(r => $"{r.Email} {r.Operation} {r.Outcome} {r.Reason}")
            .ShouldBe(["new@x.io none skipped unconfirmed", "a@x.io none skipped removal_not_sent"]);
    }
}
