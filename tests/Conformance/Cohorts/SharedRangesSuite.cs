using System.Text.Json;
using Muster.Tests.Conformance.Engines;
using Muster.Tests.Unit.Cohorts.Compilation;
using Shouldly;
using Xunit;

namespace Muster.Tests.Conformance.Cohorts;

/// <summary>Conditions on the same event and window read those events once, by the engine's own plan.</summary>
public abstract class SharedRangesSuite(CohortEngine engine)
{
    private const string Week = """
        "window":{"last":{"n":7,"unit":"day"}}
        """;

    private static readonly DateTimeOffset Now = new(2026, 11, 23, 21, 36, 1, TimeSpan.Zero);

    private static readonly World World = new(
        Now,
        "Europe/Berlin",
        [.. Enumerable.Range(1, 6).Select(i => new Person(i, i == 6 ? 5 : i, $"{i}", i == 6 ? null : $$"""{"plan":"{{(i % 2 == 0 ? "pro" : "free")}}"}"""))],
        [.. Enumerable.Range(0, 40).Select(i => new Happening(
            1 + (i * i % 6), i % 3 == 0 ? "View" : "Buy", Now.UtcDateTime.AddHours(-9 * i), $$"""{"amount":{{i % 7}},"country":"{{(i % 2 == 0 ? "DE" : "US")}}"}"""))]);

    [Theory]
    // One condition reads once.
    [InlineData(1, """{"event":"Buy",WEEK}""")]
    // Several on one range: whatever they measure, whichever events they keep, however they are combined.
    [InlineData(1, """{"all":[{"event":"Buy",WEEK},{"event":"Buy",WEEK,"count":{"lte":5}}]}""")]
    [InlineData(1, """
        {"all":[{"event":"Buy",WEEK,"count":{"gte":2}},{"event":"Buy",WEEK,"sum":{"of":"amount","gt":3}},{"event":"Buy",WEEK,"distinctDays":{"gte":2}},
                {"any":[{"event":"Buy",WEEK,"where":[{"property":"country","is":["DE"]}]},{"not":{"event":"Buy",WEEK,"max":{"of":"amount","gte":6}}}]}]}
        """)]
    [InlineData(1, """{"all":[{"profile":"plan","is":["pro"]},{"not":{"event":"Buy",WEEK,"count":{"eq":3}}},{"event":"Buy",WEEK,"avg":{"of":"amount","gt":1}}]}""")]
    [InlineData(1, """{"any":[{"event":"$any","count":{"gte":9}},{"event":"$any","distinct":{"of":"country","eq":1}}]}""")]
    // A first time is looked for among all events, as is what has no window.
    [InlineData(1, """{"any":[{"event":"Buy",WEEK,"firstTime":true},{"event":"Buy","count":{"gte":9}}]}""")]
    // The cohorts that are referred to share with it, and with each other.
    [InlineData(1, """{"all":[{"event":"Buy",WEEK,"count":{"gte":1}},{"event":"Buy",WEEK,"count":{"lte":9}},{"not":{"cohort":7}}]}""")]
    [InlineData(2, """{"any":[{"all":[{"cohort":7},{"event":"View"}]},{"not":{"cohort":7}}]}""")]
    // Different ranges are read each.
    [InlineData(2, """{"all":[{"event":"Buy",WEEK},{"event":"Buy","count":{"gte":3}}]}""")]
    [InlineData(2, """{"all":[{"event":"Buy",WEEK},{"event":"View",WEEK}]}""")]
    [InlineData(2, """{"all":[{"event":"Buy",WEEK},{"event":"Buy",WEEK,"count":{"lte":5}},{"event":"View",WEEK},{"event":"View",WEEK,"count":{"lte":5}}]}""")]
    public async Task Print_ConditionsOnOneRange_ReadItOnce(int reads, string definition)
    {
        definition = definition.Replace("WEEK", Week.Trim(), StringComparison.Ordinal);
        var seventh = $$$"""{"event":"Buy",{{{Week}}},"sum":{"of":"amount","gte":12}}""";
        var project = await engine.AddAsync(World);
        var query = project.Print(definition, definition.Contains("cohort", StringComparison.Ordinal) ? seventh : null);

        (await engine.EventReadsAsync(query)).ShouldBe(reads, query.Sql);
        (await project.MembersAsync(query)).ShouldBe(
            new Oracle(World, new Dictionary<int, JsonElement> { [7] = Definitions.Json(seventh) }).Members(Definitions.Json(definition)));
    }
}

public sealed class DuckDbSharedRangesTests(DuckDbEngine engine) : SharedRangesSuite(engine);

public sealed class ClickHouseSharedRangesTests(ClickHouseEngine engine) : SharedRangesSuite(engine);
