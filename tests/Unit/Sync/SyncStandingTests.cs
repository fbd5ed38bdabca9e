using Muster.Control;
using Muster.Control.Notifications;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Syncs;

/// <summary>What people are told of a sync: each change once.</summary>
public sealed class SyncStandingTests
{
    [Fact]
    public async Task Run_KeyRefused_TellsPausedOnceAndRecoveredWhenItWorksAgain()
    {
        await using var world = await WorldAsync();
        world.Iterable.Script.Enqueue(Fate.Unauthorized);

        await world.RunAsync();
        var paused = await world.SyncAsync();
        await world.RunAsync();
        await world.RunAsync();

        paused.Status.ShouldBe(SyncStatus.Paused);
        var told = await world.NotificationsAsync();
        told.Select(n => n.Kind).ShouldBe([NotificationKind.Paused, NotificationKind.Recovered]);
        told[0].Text.ShouldContain("The key was refused.");
        told[0].Text.ShouldContain("muster sync resume 1");
        told.ShouldAllBe(n => !n.Text.Contains('@') && !n.Subject.Contains('@'));
    }

    [Fact]
    public async Task Run_FailsAgainAndAgain_TellsAtTheThirdAndNotAgain()
    {
        await using var world = await WorldAsync();
        for (var run = 0; run < 5; run++)
        {
            world.Iterable.Script.Enqueue(Fate.LostBefore);
        }

        for (var run = 1; run <= 5; run++)
        {
            (await world.RunAsync()).Status.ShouldBe(RunStatus.Failed);
            (await world.NotificationsAsync()).Count.ShouldBe(run < 3 ? 0 : 1);
        }

        (await world.SyncAsync()).FailuresInRow.ShouldBe(5);
        await world.RunAsync();
        await world.RunAsync();

        (await world.NotificationsAsync()).Select(n => n.Kind).ShouldBe([NotificationKind.Failing, NotificationKind.Recovered]);
        (await world.SyncAsync()).FailuresInRow.ShouldBe(0);
    }

    [Fact]
    public async Task Run_FailsTwiceAndSucceeds_TellsNothing()
    {
        await using var world = await WorldAsync();
        world.Iterable.Script.Enqueue(Fate.RateLimited);
        world.Iterable.Script.Enqueue(Fate.UnreadableAfter);

        await world.RunAsync();
        await world.RunAsync();
        (await world.RunAsync()).Status.ShouldBe(RunStatus.Succeeded);

        (await world.NotificationsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_FellToZero_TellsHeldOnceAndRecoveredWhenApproved()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email, guardPercent: 50, guardAtLeast: 100);
        world.Put([new Person(1, true, "a@x.io", null)]);
        await world.RunAsync();
        world.Put([new Person(1, false, "a@x.io", null)]);

        (await world.RunAsync()).Status.ShouldBe(RunStatus.Held);
        (await world.RunAsync(approved: true)).Status.ShouldBe(RunStatus.Succeeded);

        var told = await world.NotificationsAsync();
        told.Select(n => n.Kind).ShouldBe([NotificationKind.Held, NotificationKind.Recovered]);
        told[0].Text.ShouldContain("muster sync approve 1");
    }

    [Fact]
    public async Task Run_NobodyCanBeMatched_StaysActiveAndIsToldAtTheThird()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, null, null)]);

        for (var run = 0; run < 3; run++)
        {
            await world.RunAsync();
        }

        (await world.SyncAsync()).Status.ShouldBe(SyncStatus.Active);
        (await world.NotificationsAsync()).ShouldHaveSingleItem().Kind.ShouldBe(NotificationKind.Failing);
    }

    [Fact]
    public async Task Run_ReconcileFailed_ReadsTheListSoon()
    {
        await using var world = await WorldAsync();
        await world.RunAsync();
        world.Iterable.Tamper(strangers: 1, victims: 0);
        world.Iterable.Script.Enqueue(Fate.LostBefore);

        (await world.RunAsync(RunTrigger.Reconcile)).Status.ShouldBe(RunStatus.Failed);

        (await world.SyncAsync()).NextDriftCheckAt.ShouldBe(world.Clock.GetUtcNow() + world.Options.SettlingTime);
    }

    private static async Task<SyncWorld> WorldAsync()
    {
        var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "a@x.io", null)]);
        return world;
    }
}
