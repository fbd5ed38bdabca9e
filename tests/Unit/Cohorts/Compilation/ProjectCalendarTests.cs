using System.Globalization;
using Muster.Cohorts.Compilation;
using Muster.Cohorts.Definition;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Cohorts.Compilation;

public sealed class ProjectCalendarTests
{
    [Theory]
    [InlineData("UTC", "2026-03-29", "2026-03-29T00:00:00Z")]
    [InlineData("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z")]
    [InlineData("Europe/Berlin", "2026-03-30", "2026-03-29T22:00:00Z")]
    [InlineData("Asia/Kolkata", "2026-01-01", "2025-12-31T18:30:00Z")]
    // Midnight is skipped here: the day begins at one o'clock.
    [InlineData("Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00Z")]
    [InlineData("America/Havana", "2026-03-08", "2026-03-08T05:00:00Z")]
    // Midnight comes twice: the day begins with the first one.
    [InlineData("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z")]
    // A whole day was skipped: it begins when the next one does.
    [InlineData("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z")]
    [InlineData("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z")]
    public void StartOf_Day_IsItsFirstInstant(string zone, string day, string utc) =>
        In(zone, "2026-06-01T00:00:00Z").StartOf(DateOnly.Parse(day, CultureInfo.InvariantCulture)).ShouldBe(Utc(utc));

    [Theory]
    [InlineData("UTC", "2026-03-31T12:00:00Z", 1, "2026-02-28T12:00:00Z")]
    [InlineData("UTC", "2024-03-31T12:00:00Z", 1, "2024-02-29T12:00:00Z")]
    [InlineData("UTC", "2026-01-31T12:00:00Z", 12, "2025-01-31T12:00:00Z")]
    // The wall clock stays, the offset does not.
    [InlineData("Europe/Berlin", "2026-04-15T10:00:00Z", 1, "2026-03-15T11:00:00Z")]
    // Half past two was skipped on 29 March: half past three stands for it.
    [InlineData("Europe/Berlin", "2026-04-29T00:30:00Z", 1, "2026-03-29T01:30:00Z")]
    // Half past two came twice on 25 October: the first one counts.
    [InlineData("Europe/Berlin", "2026-11-25T01:30:00Z", 1, "2026-10-25T00:30:00Z")]
    // In local time it is the 31st already.
    [InlineData("Asia/Kolkata", "2026-03-30T20:00:00Z", 1, "2026-02-27T20:00:00Z")]
    public void Ago_Months_KeepsTheWallClock(string zone, string now, int months, string utc) =>
        In(zone, now).Ago(new Span(months, SpanUnit.Month)).ShouldBe(Utc(utc));

    [Theory]
    [InlineData(nameof(SpanUnit.Minute), "2026-03-29T11:59:00Z")]
    [InlineData(nameof(SpanUnit.Hour), "2026-03-29T11:00:00Z")]
    [InlineData(nameof(SpanUnit.Day), "2026-03-28T12:00:00Z")]
    [InlineData(nameof(SpanUnit.Week), "2026-03-22T12:00:00Z")]
    public void Ago_FixedUnits_IgnoreTheClockChange(string unit, string utc) =>
        In("Europe/Berlin", "2026-03-29T12:00:00Z").Ago(new Span(1, Enum.Parse<SpanUnit>(unit))).ShouldBe(Utc(utc));

    [Theory]
    [InlineData(nameof(SpanUnit.Minute))]
    [InlineData(nameof(SpanUnit.Week))]
    [InlineData(nameof(SpanUnit.Month))]
    public void Ago_LongerThanTime_IsBeforeEverything(string unit) =>
        In("Europe/Berlin", "2026-03-29T12:00:00Z").Ago(new Span(int.MaxValue, Enum.Parse<SpanUnit>(unit))).ShouldBeNull();

    [Fact]
    public void Offsets_OfAYear_AreItsChangesLatestFirst()
    {
        var (changes, before) = In("Europe/Berlin", "2026-12-31T00:00:00Z").Offsets(Utc("2026-01-01T00:00:00Z"), Utc("2026-12-31T00:00:00Z"));

        before.ShouldBe(TimeSpan.FromHours(1));
        changes.ShouldBe(
        [
            new OffsetChange(Utc("2026-10-25T01:00:00Z"), TimeSpan.FromHours(2), TimeSpan.FromHours(1)),
            new OffsetChange(Utc("2026-03-29T01:00:00Z"), TimeSpan.FromHours(1), TimeSpan.FromHours(2)),
        ]);
    }

    private static ProjectCalendar In(string zone, string now) =>
        new(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture), TimeZoneInfo.FindSystemTimeZoneById(zone));

    private static DateTime Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).UtcDateTime;
}
