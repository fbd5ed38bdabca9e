using System.Globalization;
using System.Text.Json;
using Muster.Tests.Conformance.Engines;
using Muster.Tests.Unit.Cohorts.Compilation;
using Shouldly;
using Xunit;

namespace Muster.Tests.Conformance.Cohorts;

/// <summary>Days, months and dates in zones whose clocks are put forward and back, at midnight, by half an hour, and by a day.</summary>
public abstract class TimeZoneSuite(CohortEngine engine)
{
    [Theory]
    [InlineData("UTC", "2026-03-29", 48)]
    [InlineData("Europe/Berlin", "2026-03-29", 46)]
    [InlineData("Europe/Berlin", "2026-10-25", 50)]
    [InlineData("America/New_York", "2026-03-08", 46)]
    [InlineData("America/New_York", "2026-11-01", 50)]
    [InlineData("Asia/Kolkata", "2026-03-29", 48)]
    [InlineData("America/Havana", "2026-03-08", 46)]
    [InlineData("America/Havana", "2026-11-01", 50)]
    [InlineData("Asia/Beirut", "2026-03-29", 46)]
    [InlineData("Australia/Lord_Howe", "2026-04-05", 49)]
    [InlineData("Australia/Lord_Howe", "2026-10-04", 47)]
    [InlineData("Pacific/Apia", "2011-12-29", 48)]
    [InlineData("Pacific/Apia", "2011-12-30", 0)]
    [InlineData("Pacific/Apia", "2011-12-31", 48)]
    public async Task Day_EventEveryHalfHour_HasAsManyAsItIsLong(string zone, string day, int halfHours)
    {
        var noon = DateTime.Parse(day, CultureInfo.InvariantCulture).AddHours(12);
        var events = Every(TimeSpan.FromMinutes(30), noon.AddDays(-3), noon.AddDays(3)).Select(t => new Happening(1, "e", t, "{}")).ToList();
        var project = await engine.AddAsync(new World(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero), zone, [new Person(1, 1, "one", null)], events));

        (await project.MembersAsync($$$"""{"event":"e","window":{"from":"{{{day}}}","to":"{{{day}}}"},"count":{"eq":{{{halfHours}}}}}""")).ShouldBe([1]);
        (await project.MembersAsync($$$"""{"event":"e","window":{"from":"{{{day}}}","to":"{{{day}}}"},"distinctDays":{"eq":{{{Math.Min(halfHours, 1)}}}}}""")).ShouldBe([1]);
    }

    [Theory]
    [InlineData("Europe/Berlin", "2026-03-29T12:00:00Z")]
    [InlineData("Europe/Berlin", "2026-04-29T00:30:00Z")]
    [InlineData("Europe/Berlin", "2026-10-25T01:30:00Z")]
    [InlineData("America/New_York", "2026-03-08T16:00:00Z")]
    [InlineData("America/New_York", "2026-12-01T05:30:00Z")]
    [InlineData("America/Havana", "2026-04-08T04:15:00Z")]
    [InlineData("America/Havana", "2026-11-01T05:30:00Z")]
    [InlineData("Asia/Beirut", "2026-04-28T21:30:00Z")]
    [InlineData("Asia/Kolkata", "2026-03-31T18:30:00Z")]
    [InlineData("Australia/Lord_Howe", "2026-05-04T15:10:00Z")]
    [InlineData("Australia/Lord_Howe", "2026-10-03T15:45:00Z")]
    [InlineData("Pacific/Apia", "2012-01-30T09:00:00Z")]
    public async Task DaysMonthsAndDates_AroundChangesOfTheClock_AreThoseOfThePlainEvaluator(string zone, string at)
    {
        var now = DateTimeOffset.Parse(at, CultureInfo.InvariantCulture);
        // Somebody for every half hour of the month before and the day after: with an event then, and a date.
        var times = Every(TimeSpan.FromMinutes(30), now.UtcDateTime.AddDays(-1), now.UtcDateTime.AddHours(13))
            .Concat(Every(TimeSpan.FromMinutes(30), now.UtcDateTime.AddDays(-33), now.UtcDateTime.AddDays(-32.5)))
            .Select((t, i) => (Id: i, Time: t)).ToList();
        var world = new World(
            now,
            zone,
            [.. times.Select(t => new Person(t.Id, t.Id, $"{t.Id}", $$"""{"at":"{{t.Time:yyyy-MM-dd'T'HH:mm:ss}}","day":"{{t.Time:yyyy-MM-dd}}"}"""))],
            [.. times.SelectMany(t => new[]
            {
                new Happening(t.Id, "e", t.Time, "{}"), new Happening(t.Id, "e", t.Time.AddHours(25), "{}"), new Happening(t.Id, "f", t.Time.AddDays(31), "{}"),
            })]);
        var project = await engine.AddAsync(world);
        var oracle = new Oracle(world, new Dictionary<int, JsonElement>());
        var today = now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var monthAgo = now.AddDays(-31).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

        foreach (var definition in new[]
        {
            $$$"""{"event":"e","window":{"since":"{{{today}}}"}}""",
            $$$"""{"event":"e","window":{"from":"{{{monthAgo}}}","to":"{{{today}}}"},"count":{"gte":2}}""",
            """{"event":"e","window":{"last":{"n":1,"unit":"month"}}}""",
            """{"event":"e","window":{"last":{"n":1,"unit":"day"}}}""",
            """{"event":"e","distinctDays":{"eq":2}}""",
            """{"event":"e","window":{"last":{"n":1,"unit":"week"}},"distinctDays":{"eq":2}}""",
            """{"sequence":[{"event":"e"},{"event":"f"}],"within":{"n":1,"unit":"month"}}""",
            $$"""{"profile":"at","before":"{{today}}"}""",
            $$"""{"profile":"at","after":"{{today}}"}""",
            $$"""{"profile":"day","after":"{{today}}"}""",
            """{"profile":"at","inTheLast":{"n":1,"unit":"month"}}""",
            """{"profile":"at","inTheLast":{"n":1,"unit":"day"}}""",
            """{"profile":"day","inTheLast":{"n":1,"unit":"day"}}""",
            """{"profile":"day","inTheLast":{"n":1,"unit":"month"}}""",
        })
        {
            (await project.MembersAsync(definition)).ShouldBe(oracle.Members(Definitions.Json(definition)), definition);
        }
    }

    [Theory]
    [InlineData("0001-01-01", true)]
    [InlineData("0001-01-01T00:00:00Z", true)]
    [InlineData("1899-12-31T23:59:59Z", true)]
    [InlineData("1900-02-28", true)]
    [InlineData("1900-02-29", false)]
    [InlineData("2000-02-29", true)]
    [InlineData("2026-02-29", false)]
    [InlineData("2026-04-31T10:00:00Z", false)]
    [InlineData("2026-03-29T21:59:59.999999Z", true)]
    [InlineData("2026-03-30T00:00:00+02:00", false)]
    [InlineData("2400-02-29", false)]
    [InlineData("9999-12-31T23:59:59Z", false)]
    public async Task Before_AnyDateOfTheCalendar_IsInOrder(string date, bool before)
    {
        var project = await engine.AddAsync(new World(
            new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero), "Europe/Berlin", [new Person(1, 1, "one", $$"""{"at":"{{date}}"}""")], []));
        int[] expected = before ? [1] : [];

        (await project.MembersAsync("""{"profile":"at","before":"2026-03-30"}""")).ShouldBe(expected);
    }

    [Theory]
    [InlineData("2300-01-01", true)]
    [InlineData("9999-12-31T23:59:59Z", true)]
    [InlineData("2299-12-31T23:00:00Z", true)]
    [InlineData("2299-12-31T22:59:59Z", false)]
    [InlineData("2299-12-31", false)]
    public async Task After_DatesBeyondWhatEnginesHold_AreInOrder(string date, bool after)
    {
        var project = await engine.AddAsync(new World(
            new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero), "Europe/Berlin",
            [new Person(1, 1, "one", $$"""{"at":"{{date}}"}""")], [new Happening(1, "e", new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), "{}")]));
        int[] expected = after ? [1] : [];

        (await project.MembersAsync("""{"profile":"at","after":"2299-12-31"}""")).ShouldBe(expected);
        (await project.MembersAsync("""{"event":"e","window":{"from":"0001-01-01","to":"9999-12-31"}}""")).ShouldBe([1]);
        (await project.MembersAsync("""{"event":"e","window":{"since":"9999-12-31"}}""")).ShouldBe([]);
    }

    private static IEnumerable<DateTime> Every(TimeSpan step, DateTime from, DateTime to)
    {
        for (var at = DateTime.SpecifyKind(from, DateTimeKind.Utc); at < to; at += step)
        {
            yield return at;
        }
    }
}

public sealed class DuckDbTimeZoneTests(DuckDbEngine engine) : TimeZoneSuite(engine);

public sealed class ClickHouseTimeZoneTests(ClickHouseEngine engine) : TimeZoneSuite(engine);
