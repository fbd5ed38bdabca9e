using Muster.Control;
using Muster.Syncs;
using Muster.Syncs.Delivery;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Syncs;

/// <summary>Members that Iterable names in failedUpdates, and exports that are refused as a whole.</summary>
public sealed class RefusedMemberTests
{
    [Fact]
    public async Task Run_NamedInFailedUpdates_IsReceiptedAsRejectedAndNotOnTheLedger()
    {
        string[] reasons =
        [
            RejectionReasons.Conflict, RejectionReasons.NotFound, RejectionReasons.InvalidEmail, RejectionReasons.InvalidUserId,
            RejectionReasons.InvalidData, RejectionReasons.Forgotten,
        ];
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "fine@x.io", null), .. reasons.Select((reason, i) => new Person(i + 2, true, $"{reason}@x.io", null))]);
        foreach (var reason in reasons)
        {
            world.Iterable.Refused[$"{reason}@x.io"] = reason;
        }

        var run = await world.RunAsync();
        var next = await world.RunAsync();

        run.Counts.Rejected.ShouldBe(reasons.ToDictionary(reason => reason, _ => 1L), ignoreOrder: true);
        (await world.ReceiptsAsync(run)).Select(r => (r.Email, r.Outcome, r.Reason)).ShouldBe(
            [("fine@x.io", "added", null), .. reasons.Select(reason => ($"{reason}@x.io", "rejected", reason))], ignoreOrder: true);
        world.CountRows("SELECT count(*) FROM ledger").ShouldBe(1);
        next.Counts.Skipped.ShouldBe(reasons.ToDictionary(reason => reason, _ => 1L), ignoreOrder: true);
        next.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task Run_RefusedDataIsTheSame_IsTriedAgainOnceADay()
    {
        await using var world = await RefusedOnceAsync(RejectionReasons.InvalidData);

        var sent = new List<bool>();
        foreach (var hours in new[] { 23, 1, 1, 22, 1 })
        {
            world.Clock.Advance(TimeSpan.FromHours(hours));
            var before = world.Iterable.Sends;
            await world.RunAsync();
            sent.Add(world.Iterable.Sends > before);
        }

        sent.ShouldBe([false, true, false, false, true]);
        world.Iterable.Refused.Clear();
        world.Clock.Advance(TimeSpan.FromHours(25));
        (await world.RunAsync()).Counts.Adds.ShouldBe(1);
        world.Iterable.OnList(SyncWorld.ListName).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Run_ClockWasAheadWhenTheyWereRefused_AreTriedAgainOnceItIsRight()
    {
        await using var world = await RefusedOnceAsync(RejectionReasons.InvalidData);
        world.Clock.Advance(TimeSpan.FromHours(-43));

        var first = await world.RunAsync();
        var second = await world.RunAsync();

        first.Counts.Rejected.ShouldBe(new Dictionary<string, long> { [RejectionReasons.InvalidData] = 1 });
        second.Counts.Skipped.ShouldBe(new Dictionary<string, long> { [RejectionReasons.InvalidData] = 1 });
        second.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task Run_RefusedDataChanged_IsTriedAtOnce()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "a@x.io", null), new Person(2, true, "b@x.io", "u1")]);
        world.Iterable.Refused["u1"] = RejectionReasons.Conflict;
        await world.RunAsync();

        world.Put([new Person(1, true, "a@x.io", null), new Person(2, true, "b@x.io", "u2")]);
        var run = await world.RunAsync();

        run.Counts.Adds.ShouldBe(1);
        world.Iterable.OnList(SyncWorld.ListName).Select(u => u.Email).ShouldBe(["a@x.io", "b@x.io"]);
    }

    [Fact]
    public async Task Run_Forgotten_IsNotNamedInAnyCallHoweverLongAgo()
    {
        await using var world = await RefusedOnceAsync(RejectionReasons.Forgotten);
        var sends = world.Iterable.Sends;

        world.Clock.Advance(TimeSpan.FromDays(400));
        var run = await world.RunAsync();
        world.Put([new Person(1, true, "a@x.io", null), new Person(2, true, "B@x.io ", "u2")]);
        await world.RunAsync();

        run.Counts.Skipped.ShouldBe(new Dictionary<string, long> { ["forgotten"] = 1 });
        world.Iterable.Sends.ShouldBe(sends);
    }

    [Fact]
    public async Task Run_MoreMembersThanAnExportMayHave_IsRefusedWithTheNumberAndTheListStays()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email, options: new SyncOptions { MaxMembers = 2 });
        world.Put([new Person(1, true, "a@x.io", null)]);
        await world.RunAsync();
        world.Put([new Person(1, false, "a@x.io", null), .. Enumerable.Range(2, 3).Select(i => new Person(i, true, $"{i}@x.io", null))]);

        var run = await world.RunAsync();

        run.Error!.Code.ShouldBe("too_many_members");
        run.Error.Message.ShouldContain("3 members, more than the 2");
        world.Iterable.OnList(SyncWorld.ListName).ShouldBe([("a@x.io", null)]);
        (await world.SyncAsync()).Status.ShouldBe(SyncStatus.Active);
    }

    [Fact]
    public async Task Run_HeldAndTheDefinitionChanged_GoesOnWithoutApproval()
    {
        const string In = """{"profile":"in","isTrue":true}""";
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email, guardPercent: 50, guardAtLeast: 2);
        world.Put([.. Enumerable.Range(1, 4).Select(i => new Person(i, i == 1, $"{i}@x.io", null))]);
        await world.ChangeCohortAsync(cohort => cohort.Definition = $$"""{"any":[{{In}},{"not":{{In}}}]}""");
        await world.RunAsync();
        await world.ChangeCohortAsync(cohort => cohort.Definition = In);

        (await world.RunAsync()).Status.ShouldBe(RunStatus.Held);
        world.Iterable.OnList(SyncWorld.ListName).Count.ShouldBe(4);
        await world.ChangeCohortAsync(cohort => cohort.Definition = $$"""{"not":{{In}}}""");
        var run = await world.RunAsync(RunTrigger.Resume);

        run.Status.ShouldBe(RunStatus.Succeeded, run.Error?.Message);
        (run.Counts.Removes, run.Counts.Unchanged).ShouldBe((1, 3));
    }

    [Fact]
    public async Task Run_HeldAndApproved_DoesWhatWasHeld()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email, guardPercent: 50, guardAtLeast: 2);
        world.Put([.. Enumerable.Range(1, 4).Select(i => new Person(i, true, $"{i}@x.io", null))]);
        await world.RunAsync();
        world.Put([.. Enumerable.Range(1, 4).Select(i => new Person(i, i == 1, $"{i}@x.io", null))]);
        (await world.RunAsync()).Status.ShouldBe(RunStatus.Held);

        var run = await world.RunAsync(RunTrigger.Resume, approved: true);

        run.Counts.Removes.ShouldBe(3);
        world.Iterable.OnList(SyncWorld.ListName).ShouldBe([("1@x.io", null)]);
    }

    /// <summary>Two members have been sent, and the second one was refused.</summary>
    private static async Task<SyncWorld> RefusedOnceAsync(string reason)
    {
        var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "a@x.io", null), new Person(2, true, "b@x.io", null)]);
        world.Iterable.Refused["b@x.io"] = reason;
        await world.RunAsync();
        return world;
    }
}
