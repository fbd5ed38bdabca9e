using Muster.Control;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Syncs;

/// <summary>Which list a run acts on: found, made, taken over, waited for, made again.</summary>
public sealed class ListResolverTests
{
    [Fact]
    public async Task Run_CohortWasRenamed_KeepsTheListByItsId()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "a@x.io", null)]);
        var first = await world.RunAsync();
        await world.ChangeCohortAsync(cohort => cohort.Name = "Something else");
        world.Put([new Person(1, true, "a@x.io", null), new Person(2, true, "b@x.io", null)]);

        var second = await world.RunAsync();

        (second.ListId, second.ListName).ShouldBe((first.ListId, first.ListName));
        world.Iterable.OnList(SyncWorld.ListName).Select(u => u.Email).ShouldBe(["a@x.io", "b@x.io"]);
    }

    [Fact]
    public async Task Run_ListJustMadeIsNotShownYet_IsWaitedForAndNotMadeAgain()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "a@x.io", null)]);
        var first = await world.RunAsync();
        world.Iterable.LooksInVain = 3;

        var second = await world.RunAsync();

        second.ListId.ShouldBe(first.ListId);
        (second.Counts.Unchanged, second.Calls).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Run_ListWasDeletedByOthers_IsMadeAgainAndFilledInTheSameRun()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "a@x.io", null), new Person(2, true, "b@x.io", null)]);
        var first = await world.RunAsync();
        world.Iterable.DeleteLists();

        var second = await world.RunAsync();

        second.Status.ShouldBe(RunStatus.Succeeded);
        second.ListId.ShouldNotBe(first.ListId);
        second.Counts.Adds.ShouldBe(2);
        world.Iterable.OnList(SyncWorld.ListName).Select(u => u.Email).ShouldBe(["a@x.io", "b@x.io"]);
    }

    [Fact]
    public async Task Run_ListIsDeletedWhileItIsFilled_IsMadeAgainAndFilledInTheSameRun()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "a@x.io", null)]);
        await world.RunAsync();
        world.Put([new Person(1, true, "a@x.io", null), new Person(2, true, "b@x.io", null)]);
        world.Iterable.OnSend = () =>
        {
            world.Iterable.OnSend = () => { };
            world.Iterable.DeleteLists();
        };

        var run = await world.RunAsync();

        run.Status.ShouldBe(RunStatus.Succeeded);
        run.Counts.Adds.ShouldBe(2);
        world.Iterable.OnList(SyncWorld.ListName).Select(u => u.Email).ShouldBe(["a@x.io", "b@x.io"]);
    }

    [Fact]
    public async Task Run_ListOfThatNameHasStrangers_IsReadAndReconciledAndNotEmptied()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "a@x.io", null), new Person(2, true, "b@x.io", null)]);
        var id = world.Iterable.MakeList(SyncWorld.ListName, "a@x.io", "stranger@x.io");

        var run = await world.RunAsync();

        run.ListId.ShouldBe(id);
        world.Iterable.Readings.ShouldBe(1);
        (run.Counts.Unchanged, run.Counts.Adds, run.Counts.Removes).ShouldBe((1, 1, 1));
        world.Iterable.OnList(SyncWorld.ListName).Select(u => u.Email).ShouldBe(["a@x.io", "b@x.io"]);
    }
}
