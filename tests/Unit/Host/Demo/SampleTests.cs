using Muster.Host.Demo;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Host.Demo;

public sealed class SampleTests
{
    private static readonly DateTimeOffset Anchor = new(2026, 11, 23, 21, 17, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Start = Anchor.AddDays(-SamplePerson.Days);

    private readonly IReadOnlyList<SamplePerson> _people = SamplePerson.Everyone(Anchor);

    [Fact]
    public void Everyone_MadeTwice_IsTheSame() => SamplePerson.Everyone(Anchor).ShouldBe(_people);

    [Fact]
    public void Everyone_Made_HasPeopleForTheCohorts()
    {
        _people.Count.ShouldBe(10_000);
        _people.Select(p => p.Id).ShouldBeUnique();
        _people.Where(p => p.Email?.Contains('@') == true).Select(p => p.Email).ShouldBeUnique();
        _people.Count(p => p.SignedUpAt > Anchor.AddDays(-14)).ShouldBeInRange(300, 800);
        _people.Count(p => p.Email is null).ShouldBeInRange(100, 400);
        _people.ShouldAllBe(p => p.SignedUpAt <= Anchor);
    }

    [Fact]
    public void Between_ThreeMonths_HasEventsOfTheTimeAskedFor()
    {
        var events = SampleEvent.Between(_people, Start, Anchor).ToList();

        events.Count.ShouldBeInRange(150_000, 300_000);
        events.ShouldAllBe(e => e.Time > Start && e.Time <= Anchor);
        events.Select(e => e.InsertId).Distinct().Count().ShouldBe(events.Count);
        events.Where(e => e.Name == "Opened App" && e.Time > Anchor.AddDays(-14)).GroupBy(e => e.DistinctId)
            .Count(g => g.Count() >= DemoCohorts.PowerOpens).ShouldBeInRange(400, 1200);
    }

    [Fact]
    public void Between_TimeCutInTwo_LosesAndDoublesNothing()
    {
        var cut = Anchor.AddDays(-3.3);
        var from = Anchor.AddDays(-7);

        var whole = SampleEvent.Between(_people, from, Anchor).Select(e => e.InsertId).ToHashSet();
        var parts = SampleEvent.Between(_people, from, cut).Concat(SampleEvent.Between(_people, cut, Anchor)).Select(e => e.InsertId).ToList();

        parts.Count.ShouldBe(whole.Count);
        whole.SetEquals(parts).ShouldBeTrue();
    }

    [Fact]
    public void Load_Damaged_SaysWhatToDo()
    {
        var folder = Directory.CreateTempSubdirectory("muster-demo-state-").FullName;
        File.WriteAllText(Path.Combine(folder, "demo.json"), "{");

        Should.Throw<Muster.Host.FailedException>(() => DemoState.Load(folder, TimeProvider.System)).Message.ShouldContain("start the demo over");

        Directory.Delete(folder, recursive: true);
    }
}
