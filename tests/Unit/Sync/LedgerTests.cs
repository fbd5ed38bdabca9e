using Muster.Control;
using Muster.Syncs.Delivery;
using Muster.Warehouse.DuckDb;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Syncs;

public sealed class LedgerTests
{
    private const long List = 7;

    [Fact]
    public async Task Run_FirstTime_AddsEveryoneWithAnAddress()
    {
        await using var world = new LedgerWorld();
        world.Person(1, "  Ada@Example.COM ");
        world.Person(2, "bob@example.com", "u2");
        world.Person(3);
        world.Person(4, "not an address");
        world.Person(5, "eve@example.com", new string('x', 53));

        var plan = await world.RunAsync(List, [1, 2, 3, 4, 5]);

        plan.Counts.Members.ShouldBe(5);
        plan.Counts.Matched.ShouldBe(3);
        plan.Counts.Skipped.ShouldBe(new Dictionary<string, long> { ["invalid_email"] = 1, ["no_email"] = 1 }, ignoreOrder: true);
        plan.Counts.Adds.ShouldBe(3);
        world.OnLedger(List).ShouldBe(["ada@example.com/", "bob@example.com/u2", "eve@example.com/"]);
        (await world.ReceiptsAsync(plan)).ShouldBe(
            ["p1 add added", "p2 add added", "p3 none skipped no_email", "p4 none skipped invalid_email", "p5 add added user_id_left_out"]);
    }

    [Fact]
    public async Task Run_NothingChanged_SendsNothingAndLeavesUnchangedReceipts()
    {
        await using var world = new LedgerWorld();
        world.Person(1, "a@x.io");
        world.Person(2);
        await world.RunAsync(List, [1, 2]);

        var plan = await world.RunAsync(List, [1, 2]);

        plan.Calls.ShouldBe(0);
        plan.Counts.Unchanged.ShouldBe(1);
        (await world.ReceiptsAsync(plan)).ShouldBe(["p1 no-op unchanged", "p2 none skipped no_email"]);
    }

    [Fact]
    public async Task Run_AddressShared_StaysUntilTheLastMemberLeaves()
    {
        await using var world = new LedgerWorld();
        world.Person(1, "a@x.io");
        world.Person(2, "A@x.io");
        var first = await world.RunAsync(List, [1, 2]);
        var second = await world.RunAsync(List, [2]);
        var third = await world.RunAsync(List, []);

        first.Counts.Skipped["duplicate"].ShouldBe(1);
        second.Calls.ShouldBe(0);
        second.Counts.Unchanged.ShouldBe(1);
        (await world.ReceiptsAsync(second)).ShouldBe(["p2 no-op unchanged"]);
        third.Counts.Removes.ShouldBe(1);
        world.OnLedger(List).ShouldBeEmpty();
        (await world.ReceiptsAsync(third)).ShouldBe(["p2 remove removed"]);
        // Earlier receipts stay what they were.
        (await world.ReceiptsAsync(first)).ShouldBe(["p1 add added", "p2 none skipped duplicate"]);
        (await world.ReceiptsAsync(second)).ShouldBe(["p2 no-op unchanged"]);
    }

    [Fact]
    public async Task Run_AddressChanged_AddsTheNewAndRemovesTheOld()
    {
        await using var world = new LedgerWorld();
        world.Person(1, "old@x.io");
        await world.RunAsync(List, [1]);
        world.Person(1, "new@x.io");

        var plan = await world.RunAsync(List, [1]);

        plan.Counts.Adds.ShouldBe(1);
        plan.Counts.Removes.ShouldBe(1);
        world.OnLedger(List).ShouldBe(["new@x.io/"]);
        (await world.ReceiptsAsync(plan)).ShouldBe(["p1 add added", "p1 remove removed"]);
    }

    [Fact]
    public async Task Run_HybridAddressChanged_RemovesTheOldAddressByAddressOnly()
    {
        await using var world = new LedgerWorld(ProjectType.Hybrid);
        world.Person(1, "old@x.io", "u1");
        await world.RunAsync(List, [1]);
        world.Person(1, "new@x.io", "u1");

        var plan = await world.PlanAsync(List, [1]);

        var remove = (await world.BatchesAsync(plan, ListOperation.Remove)).ShouldHaveSingleItem().Subscribers.ShouldHaveSingleItem();
        remove.Email.ShouldBe("old@x.io");
    }

    [Theory]
    [InlineData(null, "u1", "a@x.io", "u1")] // gained an address
    [InlineData("a@x.io", "u1", null, "u1")] // lost it
    public async Task Run_HybridSameUserUnderAnotherIdentifier_IsReplacedWithoutARemoveCall(
        string? emailBefore, string userIdBefore, string? emailAfter, string userIdAfter)
    {
        await using var world = new LedgerWorld(ProjectType.Hybrid);
        world.Person(1, emailBefore, userIdBefore);
        await world.RunAsync(List, [1]);
        world.Person(1, emailAfter, userIdAfter);

        var plan = await world.RunAsync(List, [1]);

        plan.Counts.Adds.ShouldBe(1);
        plan.RemoveBatches.ShouldBe(0);
        world.OnLedger(List).ShouldBe([$"{emailAfter}/{userIdAfter}"]);
    }

    [Fact]
    public async Task Run_HybridSharedUserId_IsOneSubscriber()
    {
        await using var world = new LedgerWorld(ProjectType.Hybrid);
        world.Person(1, null, "u1");
        world.Person(2, "a@x.io", "u1");

        var plan = await world.RunAsync(List, [1, 2]);

        plan.Counts.Skipped["duplicate"].ShouldBe(1);
        world.OnLedger(List).ShouldBe(["a@x.io/u1"]);
    }

    [Fact]
    public async Task Run_UserIdProjectOnSimplifiedMerge_GoesByCanonicalIdButNeverByDevice()
    {
        await using var world = new LedgerWorld(ProjectType.UserId, canonicalIdAsUserId: true);
        world.Person(1, distinctId: "alice");
        world.Person(2, distinctId: "$device:abc");
        world.Person(3, iterableUserId: "it-3");

        var plan = await world.RunAsync(List, [1, 2, 3]);

        plan.Counts.Skipped["no_user_id"].ShouldBe(1);
        world.OnLedger(List).ShouldBe(["/alice", "/it-3"]);
    }

    [Fact]
    public async Task Run_Rejected_IsNotOnTheLedgerAndForgottenIsNeverSentAgain()
    {
        await using var world = new LedgerWorld();
        world.Person(1, "gone@x.io");
        world.Person(2, "odd@x.io");
        world.Person(3, "fine@x.io");
        var first = await world.RunAsync(List, [1, 2, 3], s => s.Email switch
        {
            "gone@x.io" => RejectionReasons.Forgotten,
            "odd@x.io" => RejectionReasons.InvalidData,
            _ => null,
        });
        var second = await world.RunAsync(List, [1, 2, 3]);

        world.OnLedger(List).ShouldBe(["fine@x.io/"]);
        (await world.ReceiptsAsync(first)).ShouldBe(["p1 add rejected forgotten", "p2 add rejected invalid_data", "p3 add added"]);
        second.Calls.ShouldBe(0);
        second.Counts.Skipped.ShouldBe(new Dictionary<string, long> { ["forgotten"] = 1, ["invalid_data"] = 1 }, ignoreOrder: true);

        // Other data: tried again at once.
        world.Person(2, "odd@x.io", "u2");
        (await world.PlanAsync(List, [1, 2, 3])).Counts.Adds.ShouldBe(1);
    }

    [Fact]
    public async Task Run_ReopenedHalfway_GoesOnWithTheBatchesThatWereNotAcknowledged()
    {
        await using var world = new LedgerWorld();
        var people = world.People(2500);

        var plan = await world.PlanAsync(List, people);
        var batches = await world.BatchesAsync(plan, ListOperation.Add);
        batches.Select(b => b.Subscribers.Count).ShouldBe([1000, 1000, 500]);
        await world.Ledger.RecordAsync(plan, batches[1], new Acknowledgement([]), default);
        await world.ReopenAsync();

        var resumed = (await world.Ledger.FindPlanAsync(plan.RunId, default)).ShouldNotBeNull();
        (await world.Ledger.CountAcknowledgedAsync(resumed, default)).ShouldBe((1000, 1));
        (await world.BatchesAsync(resumed, ListOperation.Add)).Select(b => b.Number).ShouldBe([1, 3]);
        await world.AcknowledgeAllAsync(resumed);
        await world.Ledger.SettleAsync(resumed, 1, default);
        await world.Ledger.SettleAsync(resumed, 1, default);
        world.OnLedger(List).Count.ShouldBe(2500);
    }

    [Fact]
    public async Task Settle_OnlyPartAcknowledged_KeepsThatPart()
    {
        await using var world = new LedgerWorld();
        var people = world.People(1500);

        var plan = await world.PlanAsync(List, people);
        await world.Ledger.RecordAsync(plan, (await world.BatchesAsync(plan, ListOperation.Add))[0], new Acknowledgement([]), default);
        await world.ReopenAsync();

        await world.Ledger.SettleLeftoversAsync(world.Sync, default);
        var next = await world.PlanAsync(List, people);

        next.Counts.Adds.ShouldBe(500);
        next.Counts.Unchanged.ShouldBe(1000);
        (await world.ReceiptsAsync(plan)).Count(r => r.EndsWith("unconfirmed", StringComparison.Ordinal)).ShouldBe(500);
    }

    [Fact]
    public async Task Plan_TwoNeighboursDifferInTheSameWay_BothAreSeen()
    {
        await using var world = new LedgerWorld();
        world.Person(1, "a@x.io");
        world.Person(2, "b@x.io");
        await world.RunAsync(List, [1, 2]);
        using (var connection = world.Store.Open())
        {
            connection.Execute("UPDATE ledger SET certain = false");
        }

        var doubtful = await world.RunAsync(List, [1, 2]);
        world.Person(1, "b@x.io");
        world.Person(2, "a@x.io");
        var swapped = await world.RunAsync(List, [1, 2]);

        doubtful.Counts.Adds.ShouldBe(2);
        swapped.Calls.ShouldBe(0);
        (await world.ReceiptsAsync(swapped)).ShouldBe(["p1 no-op unchanged", "p2 no-op unchanged"]);
        world.Owners(List).ShouldBe(["a@x.io 2", "b@x.io 1"]);
    }

    [Fact]
    public async Task Adopt_ListWithStrangers_TakesThemOffAndKeepsMembersWithoutACall()
    {
        await using var world = new LedgerWorld();
        world.Person(1, "a@x.io");
        world.Person(2, "b@x.io");
        var adoption = await world.Ledger.AdoptAsync(world.Sync, 0, List, ProjectType.Email, Lines("A@x.io", "stranger@x.io"), default);

        var plan = await world.RunAsync(List, [1, 2]);

        adoption.Strangers.ShouldBe(2);
        plan.Counts.Adds.ShouldBe(1);
        plan.Counts.Unchanged.ShouldBe(1);
        plan.Counts.Removes.ShouldBe(1);
        world.OnLedger(List).ShouldBe(["a@x.io/", "b@x.io/"]);
        (await world.ReceiptsAsync(plan)).ShouldBe(["p1 no-op unchanged", "p2 add added", " remove removed"], ignoreOrder: true);
    }

    [Fact]
    public async Task Adopt_HybridMemberShownUnderAnAddress_IsAddedAfterTheAddressIsRemoved()
    {
        await using var world = new LedgerWorld(ProjectType.Hybrid);
        world.Person(1, null, "u1");
        await world.RunAsync(List, [1]);

        // Iterable shows the address of a user who has one; that it is u1's is not known here.
        await world.Ledger.AdoptAsync(world.Sync, 2, List, ProjectType.Hybrid, Lines("of.u1@x.io"), default);
        var plan = await world.RunAsync(List, [1]);
        var settled = await world.RunAsync(List, [1]);

        (plan.Counts.Adds, plan.Counts.Removes, plan.RemovesFirst).ShouldBe((1, 1, true));
        (settled.Calls, settled.RemovesFirst).ShouldBe((0, false));
    }

    [Fact]
    public async Task Adopt_HybridStrangerAndMemberWithAddress_KeepsTheOrder()
    {
        await using var world = new LedgerWorld(ProjectType.Hybrid);
        world.Person(1, "a@x.io", "u1");
        await world.Ledger.AdoptAsync(world.Sync, 0, List, ProjectType.Hybrid, Lines("stranger@x.io"), default);

        var plan = await world.RunAsync(List, [1]);

        (plan.Counts.Adds, plan.Counts.Removes, plan.RemovesFirst).ShouldBe((1, 1, false));
    }

    [Fact]
    public async Task Adopt_SubscriberGone_IsAddedAgain()
    {
        await using var world = new LedgerWorld();
        world.Person(1, "a@x.io");
        world.Person(2, "b@x.io");
        await world.RunAsync(List, [1, 2]);

        var adoption = await world.Ledger.AdoptAsync(world.Sync, 2, List, ProjectType.Email, Lines("a@x.io"), default);
        var plan = await world.RunAsync(List, [1, 2]);

        adoption.Missing.ShouldBe(1);
        plan.Counts.Adds.ShouldBe(1);
        (await world.ReceiptsAsync(plan)).ShouldBe(["p1 no-op unchanged", "p2 add added"]);
    }

    private static async IAsyncEnumerable<string> Lines(params string[] lines)
    {
        await Task.Yield();
        foreach (var line in lines)
        {
            yield return line;
        }
    }

    [Fact]
    public async Task Plan_TwoMembersBecameOne_TheListStaysAndTheReceiptNamesWhoTheyAreNow()
    {
        await using var world = new LedgerWorld();
        world.Person(1);
        world.Person(20, "a@x.io");
        await world.RunAsync(7, [1, 20]);
        using (var connection = world.Store.Open())
        {
            connection.Execute("INSERT INTO alias VALUES (20, 1, 1)");
            connection.Execute("DELETE FROM profile WHERE user_id = 20");
            connection.Execute("UPDATE profile SET email = 'a@x.io' WHERE user_id = 1");
        }

        var plan = await world.RunAsync(7, [1]);

        plan.Calls.ShouldBe(0);
        plan.Counts.Removes.ShouldBe(0);
        plan.Counts.Matched.ShouldBe(1);
        world.Owners(7).ShouldBe(["a@x.io 1"]);
        (await world.ReceiptsAsync(plan)).ShouldBe(["p1 no-op unchanged"]);
        (await world.RunAsync(7, [1])).Calls.ShouldBe(0);
    }

    [Fact]
    public async Task Erase_SomeoneOnAList_TheNextRunTakesThemOffAndThenNothingNamesThem()
    {
        await using var world = new LedgerWorld();
        var members = world.People(3);
        var first = await world.RunAsync(7, members);
        using (var connection = world.Store.Open())
        {
            connection.Execute("DELETE FROM identity WHERE user_id = 2");
            connection.Execute("DELETE FROM profile WHERE user_id = 2");
            connection.Execute("INSERT INTO erased_user_id VALUES (2)");
        }

        await world.Ledger.EraseAsync([2], [1], default);
        Named(world).ShouldBe(["ledger"]);
        var plan = await world.RunAsync(7, [1, 3]);

        plan.Counts.Removes.ShouldBe(1);
        world.OnLedger(7).ShouldBe(["p1@x.io/", "p3@x.io/"]);
        Named(world).ShouldBeEmpty();
        (await world.ReceiptsAsync(first)).Count.ShouldBe(3);
        (await world.ReceiptsAsync(plan)).ShouldContain(" remove removed");

        static List<string> Named(LedgerWorld world)
        {
            using var connection = world.Store.Open();
            return new[] { "receipt", "ledger", "ledger_past", "refusal" }
                .Where(table => connection.Query($"SELECT count(*) FROM {table} WHERE email = 'p2@x.io'", r => r.GetInt64(0))[0] > 0).ToList();
        }
    }
}
