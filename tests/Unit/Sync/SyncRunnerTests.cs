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
}
