using CsCheck;
using Muster.Control;
using Muster.Syncs.Delivery;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Syncs;

/// <summary>
/// The run against a model: random people, changes, faults (lost and unreadable answers, 429, refused keys), members that
/// are refused, kills during calls and at every operation on the ledger and on Iterable, deleted lists, others who edit
/// the list, and a clock that jumps. Whatever happened on the way, the next undisturbed run that reads the list leaves it
/// equal to the matched members, the one after it sends nothing, nothing acknowledged is sent again, and every member of
/// every run that planned has one receipt.
/// </summary>
public sealed class SyncRunModelTests
{
    private const int People = 8;
    private const int Rate = 5;

    private static readonly Gen<Fate[]> Fates = Gen.Frequency(
        (6, Gen.Const(Fate.Acknowledged)), (2, Gen.Const(Fate.LostBefore)), (2, Gen.Const(Fate.LostAfter)),
        (2, Gen.Const(Fate.KilledBefore)), (2, Gen.Const(Fate.KilledAfter)), (2, Gen.Const(Fate.UnreadableAfter)),
        (1, Gen.Const(Fate.RateLimited)), (1, Gen.Const(Fate.Unauthorized))).Array[0, 3];

    /// <summary>Strangers put on the list, and people taken off it, by others.</summary>
    private static readonly Gen<(int Strangers, int Victims)> Tamperings =
        Gen.Frequency((3, Gen.Const((0, 0))), (1, Gen.Select(Gen.Int[0, 2], Gen.Int[0, 3])));

    /// <summary>At which operation of a run the process dies, and whether that was done before.</summary>
    private static readonly Gen<(int Operation, bool After)[]> Deaths =
        Gen.Frequency((3, Gen.Const(Array.Empty<(int Operation, bool After)>())), (1, Gen.Select(Gen.Int[1, 18], Gen.Bool).Array[1, 2]));

    private static readonly Gen<string?> Refusals = Gen.Frequency((3, Gen.Const((string?)null)), (1, Among("b@x.io", "u1", "u2", "a2@x.io", "b3@x.io", "c@x.io")));

    private static readonly Gen<int> HoursPassed = Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[-48, 48]));

    /// <summary>Addresses that move freely between people, some of no use.</summary>
    private static readonly Gen<Person> EmailPerson =
        Gen.Select(Gen.Int[1, People], Gen.Bool, Among(null, "a@x.io", " A@x.io", "b@x.io", "c@x.io", "d@x.io", "bad", "forgotten@x.io"), Among(null, "u1", "u 2 "))
            .Select((id, isIn, email, userId) => new Person(id, isIn, email, userId));

    /// <summary>Each person has a user id and addresses of their own, each known or not at a time: renames, gains and losses.</summary>
    private static readonly Gen<Person> HybridPerson =
        Gen.Select(Gen.Int[1, People], Gen.Bool, Among(null, "a", "b"), Gen.Frequency((3, Gen.Const(true)), (1, Gen.Const(false))))
            .Select((id, isIn, email, hasUserId) => new Person(id, isIn, email is null ? null : $"{email}{id}@x.io", hasUserId ? $"u{id}" : null));

    private static readonly Gen<Person> UserIdPerson =
        Gen.Select(Gen.Int[1, People], Gen.Bool, Among(null, "u1", "u2", "u3", "bad ", "forgotten"))
            .Select((id, isIn, userId) => new Person(id, isIn, null, userId));

    /// <summary>Up to a whole call's tries and more in a row.</summary>
    private static readonly Gen<WireFate[]> WireFates = Gen.Enum<WireFate>().Array[0, 8];

    [Theory]
    [InlineData(ProjectType.Email)]
    [InlineData(ProjectType.Hybrid)]
    [InlineData(ProjectType.UserId)]
    public Task Run_AnyHistory_ConvergesToTheCohort(ProjectType projectType) =>
        SampleAsync(projectType, Fates, Gen.Const((WireFate[]?)null), iterations: 10);

    /// <summary>
    /// Through the real client: 429, 5xx, resets before and after the change, silence, answers that are cut off or HTML, and
    /// failedUpdates. No call has more than 1,000 people or 4 MB, and no second more calls than the rate.
    /// </summary>
    [Theory]
    [InlineData(ProjectType.Email)]
    [InlineData(ProjectType.Hybrid)]
    [InlineData(ProjectType.UserId)]
    public Task Run_AnyFaultsOnTheWire_ConvergesToTheCohort(ProjectType projectType) =>
        SampleAsync(projectType, Gen.Const(Array.Empty<Fate>()), WireFates.Select(fates => (WireFate[]?)fates), iterations: 5);

    private static async Task SampleAsync(ProjectType projectType, Gen<Fate[]> fatesOfCalls, Gen<WireFate[]?> fatesOnTheWire, int iterations)
    {
        var person = projectType switch { ProjectType.Email => EmailPerson, ProjectType.Hybrid => HybridPerson, _ => UserIdPerson };
        var step = Gen.Select(person.Array[0, 6], Gen.Select(fatesOfCalls, fatesOnTheWire), Gen.Frequency((9, Gen.Const(false)), (1, Gen.Const(true))), Tamperings, HoursPassed, Deaths, Refusals)
            .Select((changes, fates, deleteList, tampering, hours, deaths, refused) => new Step(changes, fates.Item1, fates.Item2, deleteList, tampering, hours, deaths, refused));
        await step.Array[1, 6].SampleAsync(steps => CheckAsync(projectType, steps), iter: iterations, threads: 1, print: Print);
    }

    /// <summary>The process dies right after each operation in turn, of runs that add, rename and remove, and of runs that make the list first.</summary>
    [Theory]
    [InlineData(false, 11)]
    [InlineData(true, 13)]
    public async Task Run_DiesAfterEachOperation_GoesOnAndSendsNothingAcknowledgedAgain(bool listIsDeleted, int operations)
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        for (var operation = 1; ; operation++)
        {
            var odd = operation % 2 == 1;
            world.Put([new Person(1, odd, "a@x.io", null), new Person(2, true, odd ? "b@x.io" : "b2@x.io", null), new Person(3, !odd, "c@x.io", null)]);
            if (listIsDeleted)
            {
                world.Iterable.DeleteLists();
            }

            world.Iterable.Death.Plan(operation, after: true);
            var run = await world.RunAsync();
            var died = run.Status == RunStatus.Running;
            world.Iterable.Death.Plan(0, after: true);
            run = died ? await world.RunAsync() : run;

            run.Status.ShouldBe(RunStatus.Succeeded, run.Error?.Message);
            world.Iterable.OnList(SyncWorld.ListName).Select(u => u.Email).Order(StringComparer.Ordinal)
                .ShouldBe(odd ? ["a@x.io", "b@x.io"] : ["b2@x.io", "c@x.io"]);
            (await world.ReceiptsAsync(run)).Count(r => r.Operation == "add").ShouldBe(2);
            world.Iterable.SentAgain.ShouldBeEmpty();
            if (!died)
            {
                operation.ShouldBeGreaterThan(operations, "list, stage, match, plan, push and settle were all cut off");
                return;
            }
        }
    }

    private static async Task CheckAsync(ProjectType projectType, Step[] steps)
    {
        await using var world = await SyncWorld.CreateAsync(projectType);
        var wire = steps.Any(step => step.Wire is not null) ? world.UseWire(projectType, Rate) : null;
        var people = new Dictionary<int, Person>();
        foreach (var step in steps)
        {
            foreach (var change in step.Changes)
            {
                people[change.Id] = change;
            }

            world.Put(people.Values);
            Refuse(world, step.Refused);
            if (step.DeleteList)
            {
                world.Iterable.DeleteLists();
            }

            world.Iterable.Tamper(step.Tampering.Strangers, step.Tampering.Victims);
            world.Clock.Advance(TimeSpan.FromHours(step.Hours));
            foreach (var fate in step.Fates)
            {
                world.Iterable.Script.Enqueue(fate);
            }

            foreach (var fate in step.Wire ?? [])
            {
                wire!.Script.Enqueue(fate);
            }

            await RunToItsEndAsync(world, projectType, people, deaths: step.Deaths);
        }

        // Who was refused is tried again after a day.
        world.Iterable.Script.Clear();
        wire?.Script.Clear();
        Refuse(world, null);
        world.Clock.Advance(TimeSpan.FromHours(25));
        var run = await RunToItsEndAsync(world, projectType, people, RunTrigger.Reconcile);
        if (run.Error?.Code == "no_matchable_members")
        {
            return;
        }

        run.Status.ShouldBe(RunStatus.Succeeded, run.Error?.Message);
        ShouldBeExactly(world.Iterable.OnList(SyncWorld.ListName), Expected(projectType, people.Values));

        var sends = world.Iterable.Sends;
        var again = await RunToItsEndAsync(world, projectType, people);
        world.Iterable.Sends.ShouldBe(sends, "nothing changed, so nothing is sent");
        again.Counts.Unchanged.ShouldBe(again.Counts.Matched);
        for (var call = Rate; call < wire?.Updates.Count; call++)
        {
            (wire.Updates[call] - wire.Updates[call - Rate]).ShouldBeGreaterThan(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>A killed run goes on after the restart, so one call may take several lives of the process.</summary>
    private static async Task<Run> RunToItsEndAsync(
        SyncWorld world, ProjectType projectType, Dictionary<int, Person> people, RunTrigger trigger = RunTrigger.Manual, params (int Operation, bool After)[] deaths)
    {
        var acknowledgedBefore = world.Iterable.AcknowledgedBatches.Count;
        Run run;
        var lives = 0;
        do
        {
            var (operation, after) = deaths.ElementAtOrDefault(lives++);
            world.Iterable.Death.Plan(operation, after);
            run = await world.RunAsync(trigger);
        }
        while (run.Status == RunStatus.Running);

        world.Iterable.AcknowledgedBatches.Skip(acknowledgedBefore).ShouldBeUnique();
        run.Error?.Code.ShouldNotBe("internal", run.Error?.Message);
        if (projectType != ProjectType.Hybrid)
        {
            // In hybrid projects a renamed user is sent again on purpose.
            world.Iterable.SentAgain.ShouldBeEmpty();
        }

        var receipts = await world.ReceiptsAsync(run);
        if (receipts.Count > 0)
        {
            receipts.Where(r => r.Operation != "remove" && r.Reason?.StartsWith("removal_", StringComparison.Ordinal) != true)
                .Select(r => r.DistinctId).Order(StringComparer.Ordinal)
                .ShouldBe(people.Values.Where(p => p.In).Select(p => $"p{p.Id}").Order(StringComparer.Ordinal));
            receipts.Where(r => r.Outcome == "skipped").ShouldAllBe(r => r.Operation == "none");
        }

        if (run.Status == RunStatus.Succeeded)
        {
            run.Counts.Members.ShouldBe(run.Counts.Matched + run.Counts.Skipped.Values.Sum());
            run.Counts.Matched.ShouldBe(run.Counts.Adds + run.Counts.Unchanged);
            run.Done.ShouldBe(run.Counts.Adds + run.Counts.Removes - run.Counts.RemovesWithoutCall);
            receipts.Count(r => r.Operation == "remove").ShouldBe((int)run.Counts.Removes);
            receipts.Count(r => r.Outcome == "unchanged").ShouldBe((int)run.Counts.Unchanged);
            receipts.Count(r => r.Outcome == "rejected").ShouldBe((int)run.Counts.Rejected.Values.Sum());
        }

        return run;
    }

    private static void Refuse(SyncWorld world, string? name)
    {
        world.Iterable.Refused.Clear();
        world.Iterable.Refused["forgotten@x.io"] = RejectionReasons.Forgotten;
        world.Iterable.Refused["forgotten"] = RejectionReasons.Forgotten;
        if (name is not null)
        {
            world.Iterable.Refused[name] = RejectionReasons.Conflict;
        }
    }

    /// <summary>The matching rules once more, as plainly as they can be said.</summary>
    private static List<(string? Email, string? UserId)> Expected(ProjectType projectType, IEnumerable<Person> people)
    {
        var expected = new List<(string? Email, string? UserId)>();
        foreach (var person in people.Where(p => p.In).OrderBy(p => p.Id))
        {
            var email = person.Email?.Trim().ToLowerInvariant() is { } address && address.Contains('@', StringComparison.Ordinal) ? address : null;
            var userId = person.UserId is { Length: > 0 } id && id[^1] != ' ' ? id : null;
            var subscriber = projectType switch { ProjectType.Email => (email, null), ProjectType.UserId => (null, userId), _ => (Email: email, UserId: userId) };
            if ((subscriber.Item1 ?? subscriber.Item2) is { } name && !name.StartsWith("forgotten", StringComparison.Ordinal) && !expected.Contains(subscriber))
            {
                expected.Add(subscriber);
            }
        }

        return expected;
    }

    private static void ShouldBeExactly(List<(string? Email, string? UserId)> onList, List<(string? Email, string? UserId)> expected)
    {
        static bool Same((string? Email, string? UserId) a, (string? Email, string? UserId) b) =>
            (a.Email is not null && a.Email == b.Email) || (a.UserId is not null && a.UserId == b.UserId);
        onList.Where(u => !expected.Exists(e => Same(u, e))).ShouldBeEmpty("these are on the list and should not be");
        expected.Where(e => !onList.Exists(u => Same(u, e))).ShouldBeEmpty("these should be on the list");
        onList.Count.ShouldBe(expected.Count);
    }

    private static Gen<string?> Among(params string?[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static string Print(Step[] steps) => string.Join("\n", steps.Select(s =>
        $"[{string.Join(", ", s.Changes.Select(c => $"{c.Id}:{(c.In ? "in" : "out")}:{c.Email}:{c.UserId}"))}] fates {string.Join(",", s.Fates)} wire {string.Join(",", s.Wire ?? [])}{(s.DeleteList ? " list deleted" : "")} tampering {s.Tampering} {s.Hours} h deaths {string.Join(",", s.Deaths)} refused {s.Refused}"));

    private sealed record Step(
        Person[] Changes, Fate[] Fates, WireFate[]? Wire, bool DeleteList, (int Strangers, int Victims) Tampering, int Hours, (int Operation, bool After)[] Deaths, string? Refused);
}
