using CsCheck;
using Muster.Control;
using Muster.Syncs;
using Muster.Syncs.Delivery;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Syncs;

/// <summary>What a preview says is what the run that follows does.</summary>
public sealed class SyncPreviewTests
{
    private static readonly Gen<Person[]> Changes =
        Gen.Select(Gen.Int[1, 8], Gen.Bool, Gen.Int[0, 5], Gen.Int[0, 3]).Select((id, isIn, email, userId) => new Person(
            id, isIn, email switch { 0 => null, 1 => "bad", 2 => "forgotten@x.io", 3 => "odd@x.io", _ => $"{(char)('a' + email)}@x.io" }, userId == 0 ? null : $"u{userId}")).Array[0, 5];

    [Theory]
    [InlineData(ProjectType.Email)]
    [InlineData(ProjectType.Hybrid)]
    [InlineData(ProjectType.UserId)]
    public async Task Make_AnyState_HasTheNumbersOfTheRunThatFollows(ProjectType projectType) =>
        await Gen.Select(Changes, Gen.Int[0, 5]).Array[2, 4].SampleAsync(async steps =>
        {
            await using var world = await SyncWorld.CreateAsync(projectType);
            world.Iterable.Refused["forgotten@x.io"] = RejectionReasons.Forgotten;
            world.Iterable.Refused["odd@x.io"] = RejectionReasons.InvalidData;
            var people = new Dictionary<int, Person>();
            foreach (var (changes, what) in steps)
            {
                foreach (var change in changes)
                {
                    people[change.Id] = change;
                }

                world.Put(people.Values);
                switch (what)
                {
                    case 0:
                        world.Iterable.DeleteLists();
                        break;
                    case 1:
                        world.Iterable.DeleteLists();
                        world.Iterable.MakeList(SyncWorld.ListName, projectType == ProjectType.UserId ? [] : ["stranger@x.io", "e@x.io"]);
                        break;
                }

                var sent = world.Iterable.Sends;
                var preview = await world.PreviewAsync();
                world.Iterable.Sends.ShouldBe(sent, "nothing is sent");
                var run = await world.RunAsync();

                Numbers(preview).ShouldBe(Numbers(run));
                preview.Skipped.ShouldBe(run.Counts.Skipped, ignoreOrder: true);
                (preview.Sample.Adds.Count, preview.Sample.Removes.Count).ShouldBe(((int)run.Counts.Adds, (int)run.Counts.Removes));
            }
        }, iter: 4, threads: 1);

    [Fact]
    public async Task Make_CohortWasRenamedBeforeTheFirstRun_LooksForTheListUnderItsNewName()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "a@x.io", null)]);
        world.Iterable.MakeList("mixpanel_Renamed_1", "stranger@x.io");
        await world.ChangeSyncAsync(sync => sync.ListName = SyncWorld.ListName);
        await world.ChangeCohortAsync(cohort => cohort.Name = "Renamed");

        var preview = await world.PreviewAsync();

        (preview.Adds, preview.Removes).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Make_NobodyCanBeMatched_TakesNobodyOff()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "a@x.io", null)]);
        await world.RunAsync();
        world.Put([new Person(1, false, "a@x.io", null), new Person(2, true, null, null)]);

        var preview = await world.PreviewAsync();

        (preview.Members, preview.Matched, preview.Adds, preview.Removes, preview.Calls).ShouldBe((1, 0, 0, 0, 0));
        preview.Skipped.ShouldBe(new Dictionary<string, long> { ["no_email"] = 1 });
    }

    [Fact]
    public async Task Make_IterableCannotBeAsked_SaysWhatTheLedgerSays()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "a@x.io", null)]);
        await world.RunAsync();
        world.Put([new Person(1, true, "a@x.io", null), new Person(2, true, "b@x.io", null)]);
        world.Iterable.IsLocked = true;

        var preview = await world.PreviewAsync();

        (preview.Adds, preview.Unchanged).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Make_MoreMembersThanAnExportMayHave_IsRefusedWithTheNumbers()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email, options: new SyncOptions { MaxMembers = 1 });
        world.Put([new Person(1, true, "a@x.io", null), new Person(2, true, "b@x.io", null)]);

        (await Should.ThrowAsync<RunStoppedException>(world.PreviewAsync)).Message.ShouldContain("2 members, more than the 1");
    }

    private static (long Members, long Matched, long Adds, long Removes, long Unchanged, int Calls) Numbers(PreviewView preview) =>
        (preview.Members, preview.Matched, preview.Adds, preview.Removes, preview.Unchanged, preview.Calls);

    private static (long Members, long Matched, long Adds, long Removes, long Unchanged, int Calls) Numbers(Run run) =>
        (run.Counts.Members, run.Counts.Matched, run.Counts.Adds, run.Counts.Removes, run.Counts.Unchanged, run.Calls);
}
