using Muster.Control;
using Muster.Syncs.Drift;
using Muster.Syncs.Ledger;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Syncs;

public sealed class DriftCheckTests
{
    private const int SyncId = 1;

    [Theory]
    [InlineData(100, 100, 0, 0, 0, DriftFinding.Agrees)]
    [InlineData(101, 100, 2, 0, 0, DriftFinding.Agrees)]
    [InlineData(90, 100, 0, 10, 0, DriftFinding.MayBeDelay)]
    [InlineData(89, 100, 0, 10, 0, DriftFinding.Differs)]
    [InlineData(105, 100, 0, 0, 5, DriftFinding.MayBeDelay)]
    [InlineData(106, 100, 0, 0, 5, DriftFinding.Differs)]
    [InlineData(99, 100, 0, 0, 0, DriftFinding.Differs)]
    public void Judge_Size_IsBelievedWhenNoRecentRunExplainsIt(long told, long certain, long uncertain, long adds, long removes, DriftFinding expected) =>
        DriftCheck.Judge(told, new LedgerSize(certain, uncertain), (adds, removes)).ShouldBe(expected);

    [Fact]
    public async Task FindDue_ADayHasPassed_OnlyThen()
    {
        await using var world = await FilledAsync();

        (await DueAsync(world)).ShouldBeFalse();
        world.Clock.Advance(TimeSpan.FromDays(1));
        (await DueAsync(world)).ShouldBeTrue();
        await world.ChangeSyncAsync(s => s.Status = SyncStatus.Paused);
        (await DueAsync(world)).ShouldBeFalse();
        await world.ChangeSyncAsync(s => (s.Status, s.Type) = (SyncStatus.Active, SyncType.OneTime));
        (await DueAsync(world)).ShouldBeFalse();
    }

    [Fact]
    public async Task FindDue_ClockWasSetBack_IsDue()
    {
        await using var world = await FilledAsync();

        world.Clock.Advance(TimeSpan.FromDays(-10));

        (await DueAsync(world)).ShouldBeTrue();
    }

    [Fact]
    public async Task Check_SizeAgrees_ReadsNothingAndLooksAgainInADay()
    {
        await using var world = await FilledAsync();
        world.Clock.Advance(TimeSpan.FromDays(1));

        (await world.Drift.CheckAsync(SyncId, default)).ShouldBe(DriftFinding.Agrees);

        world.Iterable.Readings.ShouldBe(0);
        world.Enqueued.ShouldBeEmpty();
        (await world.SyncAsync()).NextDriftCheckAt.ShouldBe(world.Clock.GetUtcNow() + TimeSpan.FromDays(1));
    }

    [Fact]
    public async Task Check_OthersEditedTheList_IsRepairedAndReceiptedInAReconcileRun()
    {
        await using var world = await FilledAsync();
        world.Clock.Advance(TimeSpan.FromDays(1));
        world.Iterable.Tamper(strangers: 2, victims: 1);

        (await world.Drift.CheckAsync(SyncId, default)).ShouldBe(DriftFinding.Differs);
        var run = await world.RunAsync();

        world.Enqueued.ShouldBe([run.Id]);
        run.Trigger.ShouldBe(RunTrigger.Reconcile);
        run.Status.ShouldBe(RunStatus.Succeeded);
        (run.Counts.Adds, run.Counts.Removes, run.Counts.Unchanged).ShouldBe((1, 2, 2));
        world.Iterable.OnList(SyncWorld.ListName).Select(u => u.Email).Order().ShouldBe(["a@x.io", "b@x.io", "c@x.io"]);
        (await world.ReceiptsAsync(run)).Select(r => $"{r.Operation} {r.Outcome}").Order(StringComparer.Ordinal)
            .ShouldBe(["add added", "no-op unchanged", "no-op unchanged", "remove removed", "remove removed"]);
        (await DueAsync(world)).ShouldBeFalse();
    }

    [Fact]
    public async Task Check_SizeLagsAfterARun_IsNotTakenForDrift()
    {
        await using var world = await FilledAsync();
        world.Clock.Advance(TimeSpan.FromDays(1));
        world.Put([new Person(4, true, "d@x.io", null)]);
        await world.RunAsync();
        world.Iterable.ToldSize = 3;

        (await world.Drift.CheckAsync(SyncId, default)).ShouldBe(DriftFinding.MayBeDelay);
        (await DueAsync(world)).ShouldBeFalse();
        world.Clock.Advance(world.Options.SettlingTime);
        (await DueAsync(world)).ShouldBeTrue();
        world.Iterable.ToldSize = null;
        (await world.Drift.CheckAsync(SyncId, default)).ShouldBe(DriftFinding.Agrees);

        world.Enqueued.ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_SizeNeverSettlesThoughRunsKeepChangingTheList_ReadsAfterAnHour()
    {
        await using var world = await FilledAsync();
        world.Clock.Advance(TimeSpan.FromDays(1));
        var findings = new List<DriftFinding?>();
        for (var person = 10; person < 20; person++)
        {
            world.Put([new Person(person, true, $"p{person}@x.io", null)]);
            await world.RunAsync();
            world.Iterable.ToldSize = (await world.Ledger.SizeAsync(SyncId, 100, default)).Certain - 1;
            findings.Add(await world.Drift.CheckAsync(SyncId, default));
            if (findings[^1] == DriftFinding.Differs)
            {
                break;
            }

            world.Clock.Advance(world.Options.SettlingTime);
        }

        findings.Count(f => f == DriftFinding.MayBeDelay).ShouldBe(6);
        findings[^1].ShouldBe(DriftFinding.Differs);
    }

    [Fact]
    public async Task Check_AWeekWithoutReading_ReadsWhateverTheSizeSays()
    {
        await using var world = await FilledAsync();
        world.Clock.Advance(TimeSpan.FromDays(7));

        (await world.Drift.CheckAsync(SyncId, default)).ShouldBe(DriftFinding.ReadIsDue);
        await world.RunAsync();

        world.Iterable.SizesAsked.ShouldBe(0);
        world.Iterable.Readings.ShouldBe(1);
        (await world.SyncAsync()).ListReadAt.ShouldBe(world.Clock.GetUtcNow());
    }

    [Fact]
    public async Task Check_ARunIsGoing_WaitsForItsEnd()
    {
        await using var world = await FilledAsync();
        world.Clock.Advance(TimeSpan.FromDays(1));
        world.Put([new Person(4, true, "d@x.io", null)]);
        world.Iterable.Script.Enqueue(Fate.KilledBefore);
        await world.RunAsync();

        (await world.Drift.CheckAsync(SyncId, default)).ShouldBeNull();

        world.Iterable.SizesAsked.ShouldBe(0);
        (await DueAsync(world)).ShouldBeTrue();
    }

    [Fact]
    public async Task Check_IterableDoesNotAnswer_AsksAgainLater()
    {
        await using var world = await FilledAsync();
        world.Clock.Advance(TimeSpan.FromDays(1));
        world.Iterable.IsSilent = true;

        (await world.Drift.CheckAsync(SyncId, default)).ShouldBeNull();

        (await DueAsync(world)).ShouldBeFalse();
        world.Clock.Advance(world.Options.SettlingTime);
        (await DueAsync(world)).ShouldBeTrue();
    }

    [Fact]
    public async Task Reconcile_Asked_AlwaysReads()
    {
        await using var world = await FilledAsync();

        var run = await world.RunAsync(RunTrigger.Reconcile);

        world.Iterable.Readings.ShouldBe(1);
        (run.Counts.Adds, run.Counts.Removes, run.Counts.Unchanged).ShouldBe((0, 0, 3));
    }

    private static async Task<SyncWorld> FilledAsync()
    {
        var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "a@x.io", null), new Person(2, true, "b@x.io", null), new Person(3, true, "c@x.io", null)]);
        (await world.RunAsync()).Status.ShouldBe(RunStatus.Succeeded);
        return world;
    }

    private static async Task<bool> DueAsync(SyncWorld world) => (await world.Drift.FindDueAsync(default)).Any(c => c.Contains(SyncId));
}
