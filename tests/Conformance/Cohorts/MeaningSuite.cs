using System.Globalization;
using System.Text.Json;
using Muster.Tests.Conformance.Engines;
using Muster.Tests.Unit.Cohorts.Compilation;
using Shouldly;
using Xunit;

namespace Muster.Tests.Conformance.Cohorts;

/// <summary>The corners of docs/cohorts.md, one by one, on both the engine and the plain evaluator.</summary>
public abstract class MeaningSuite(CohortEngine engine)
{
    // Midday in Berlin, on the day after the clock was put forward.
    private static readonly DateTimeOffset Now = new(2026, 3, 30, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    // Not set; and the opposites, which hold where nothing is.
    [InlineData("""{}""", """ "profile":"p","isSet":true """, false)]
    [InlineData("""{"p":null}""", """ "profile":"p","isSet":true """, false)]
    [InlineData("""{"p":null}""", """ "profile":"p","isSet":false """, true)]
    [InlineData("""{"p":""}""", """ "profile":"p","isSet":true """, true)]
    [InlineData("""{"p":"null"}""", """ "profile":"p","isSet":true """, true)]
    [InlineData("""{"p":[]}""", """ "profile":"p","isSet":true """, true)]
    [InlineData("""{"p":[null]}""", """ "profile":"p","isSet":true """, true)]
    [InlineData("""{"p":[]}""", """ "profile":"p","is":[""] """, false)]
    [InlineData("""{}""", """ "profile":"p","isNot":["a"] """, true)]
    [InlineData("""{}""", """ "profile":"p","notContains":"" """, true)]
    [InlineData("""{"p":"x"}""", """ "profile":"p","notInTheLast":{"n":1,"unit":"day"} """, true)]
    [InlineData("""{}""", """ "profile":"p","isTrue":false """, false)]
    [InlineData("""{}""", """ "profile":"p","lte":0 """, false)]
    // Equality.
    [InlineData("""{"p":"Pro"}""", """ "profile":"p","is":["pro"] """, false)]
    [InlineData("""{"p":"5.0"}""", """ "profile":"p","is":["5"] """, false)]
    [InlineData("""{"p":5}""", """ "profile":"p","is":["5"] """, true)]
    [InlineData("""{"p":5}""", """ "profile":"p","is":["5.0"] """, true)]
    [InlineData("""{"p":5}""", """ "profile":"p","is":["5."] """, false)]
    [InlineData("""{"p":"5.0"}""", """ "profile":"p","is":[5] """, true)]
    [InlineData("""{"p":" 5"}""", """ "profile":"p","is":[5] """, false)]
    [InlineData("""{"p":1000}""", """ "profile":"p","is":["1e3"] """, true)]
    [InlineData("""{"p":-0}""", """ "profile":"p","is":[0] """, true)]
    [InlineData("""{"p":9007199254740993}""", """ "profile":"p","is":[9007199254740992] """, true)]
    [InlineData("""{"p":true}""", """ "profile":"p","is":[true] """, true)]
    [InlineData("""{"p":true}""", """ "profile":"p","is":["true",1,false] """, false)]
    [InlineData("""{"p":"true"}""", """ "profile":"p","is":[true] """, false)]
    [InlineData("""{"p":{"a":1}}""", """ "profile":"p","is":["{\"a\":1}"] """, false)]
    [InlineData("""{"p":"a\"b\\c\n"}""", """ "profile":"p","is":["a\"b\\c\n"] """, true)]
    [InlineData("""{"p":"\u00e9\ud83d\ude00\/"}""", """ "profile":"p","is":["é😀/"] """, true)]
    // Numbers.
    [InlineData("""{"p":"1e3"}""", """ "profile":"p","gt":999 """, true)]
    [InlineData("""{"p":" 5 "}""", """ "profile":"p","gt":0 """, false)]
    [InlineData("""{"p":"+5"}""", """ "profile":"p","gt":0 """, false)]
    [InlineData("""{"p":".5"}""", """ "profile":"p","gt":0 """, false)]
    [InlineData("""{"p":"5."}""", """ "profile":"p","gt":0 """, false)]
    [InlineData("""{"p":"05"}""", """ "profile":"p","gt":0 """, false)]
    [InlineData("""{"p":"1_000"}""", """ "profile":"p","gt":0 """, false)]
    [InlineData("""{"p":"Infinity"}""", """ "profile":"p","gt":0 """, false)]
    [InlineData("""{"p":"5\n"}""", """ "profile":"p","gt":0 """, false)]
    [InlineData("""{"p":true}""", """ "profile":"p","gte":0 """, false)]
    [InlineData("""{"p":5}""", """ "profile":"p","between":[5,5] """, true)]
    [InlineData("""{"p":1e308}""", """ "profile":"p","lt":1e308 """, false)]
    // Texts.
    [InlineData("""{"p":"example"}""", """ "profile":"p","contains":"amp" """, true)]
    [InlineData("""{"p":"example"}""", """ "profile":"p","contains":"AMP" """, false)]
    [InlineData("""{"p":"a\\b"}""", """ "profile":"p","contains":"\\" """, true)]
    [InlineData("""{"p":"a\nb"}""", """ "profile":"p","contains":"n" """, false)]
    [InlineData("""{"p":"a"}""", """ "profile":"p","contains":"\"" """, false)]
    [InlineData("""{"p":515}""", """ "profile":"p","contains":"1" """, false)]
    [InlineData("""{"p":{"a":"x"}}""", """ "profile":"p","contains":"x" """, false)]
    [InlineData("""{"p":true}""", """ "profile":"p","contains":"" """, false)]
    // Booleans.
    [InlineData("""{"p":false}""", """ "profile":"p","isTrue":false """, true)]
    [InlineData("""{"p":"false"}""", """ "profile":"p","isTrue":false """, false)]
    [InlineData("""{"p":1}""", """ "profile":"p","isTrue":true """, false)]
    // Lists.
    [InlineData("""{"p":["a","b"]}""", """ "profile":"p","is":["b"] """, true)]
    [InlineData("""{"p":["a","b"]}""", """ "profile":"p","isNot":["b"] """, false)]
    [InlineData("""{"p":[1,"9"]}""", """ "profile":"p","gt":5 """, true)]
    [InlineData("""{"p":[1,9]}""", """ "profile":"p","between":[2,8] """, false)]
    [InlineData("""{"p":["xay",5]}""", """ "profile":"p","contains":"a" """, true)]
    [InlineData("""{"p":[null,false]}""", """ "profile":"p","isTrue":false """, true)]
    [InlineData("""{"p":["2020-01-01","x"]}""", """ "profile":"p","before":"2026-01-01" """, true)]
    [InlineData("""{"p":[[["a"]],{"x":"b"}]}""", """ "profile":"p","is":["a"] """, true)]
    [InlineData("""{"p":[[["a"]],{"x":"b"}]}""", """ "profile":"p","is":["b"] """, false)]
    // Dotted names.
    [InlineData("""{"a":{"b":1}}""", """ "profile":"a.b","is":[1] """, true)]
    [InlineData("""{"a":{"b":1},"a.b":2}""", """ "profile":"a.b","is":[2] """, true)]
    [InlineData("""{"a":{"b":1},"a.b":2}""", """ "profile":"a.b","is":[1] """, false)]
    [InlineData("""{"a":{"b":1},"a.b":null}""", """ "profile":"a.b","is":[1] """, true)]
    [InlineData("""{"a":{"b":{"c":[1]}}}""", """ "profile":"a.b.c","is":[1] """, true)]
    [InlineData("""{"a":[1]}""", """ "profile":"a.0","isSet":true """, false)]
    [InlineData("""{"a":{"0":1}}""", """ "profile":"a.0","isSet":true """, true)]
    [InlineData("""{"a":[{"b":1}]}""", """ "profile":"a.b","isSet":true """, false)]
    [InlineData("""{"a":{"":1}}""", """ "profile":"a.","is":[1] """, true)]
    [InlineData("""{"a/b~c":1,"$x":2,"":3}""", """ "profile":"a/b~c","is":[1] """, true)]
    [InlineData("""{"a/b~c":1,"$x":2,"":3}""", """ "profile":"","is":[3] """, true)]
    // Dates: a day is the project's, a time without a zone is UTC, a number is none.
    [InlineData("""{"p":"2026-03-29"}""", """ "profile":"p","before":"2026-03-30" """, true)]
    [InlineData("""{"p":"2026-03-29"}""", """ "profile":"p","after":"2026-03-29" """, false)]
    [InlineData("""{"p":"2026-03-28T23:00:00"}""", """ "profile":"p","before":"2026-03-29" """, false)]
    [InlineData("""{"p":"2026-03-28T22:59:59.999"}""", """ "profile":"p","before":"2026-03-29" """, true)]
    [InlineData("""{"p":"2026-03-29T21:59:59.999Z"}""", """ "profile":"p","after":"2026-03-29" """, false)]
    [InlineData("""{"p":"2026-03-29T22:00:00Z"}""", """ "profile":"p","after":"2026-03-29" """, true)]
    [InlineData("""{"p":"2026-03-30 00:00:00.0+02:00"}""", """ "profile":"p","after":"2026-03-29" """, true)]
    [InlineData("""{"p":"2026-03-30T00:00+0200"}""", """ "profile":"p","after":"2026-03-29" """, true)]
    [InlineData("""{"p":1774000000}""", """ "profile":"p","before":"2030-01-01" """, false)]
    [InlineData("""{"p":"1774000000"}""", """ "profile":"p","before":"2030-01-01" """, false)]
    [InlineData("""{"p":"2026-02-30"}""", """ "profile":"p","before":"2030-01-01" """, false)]
    [InlineData("""{"p":"2026-02-28T24:00:00"}""", """ "profile":"p","before":"2030-01-01" """, false)]
    [InlineData("""{"p":"2026-2-28"}""", """ "profile":"p","before":"2030-01-01" """, false)]
    [InlineData("""{"p":"0000-01-01"}""", """ "profile":"p","before":"2030-01-01" """, false)]
    [InlineData("""{"p":"2026-02-28 "}""", """ "profile":"p","before":"2030-01-01" """, false)]
    [InlineData("""{"p":"2026-03-30T10:00:00Z"}""", """ "profile":"p","inTheLast":{"n":1,"unit":"minute"} """, true)]
    [InlineData("""{"p":"2026-03-30T10:00:00.001Z"}""", """ "profile":"p","inTheLast":{"n":1,"unit":"minute"} """, false)]
    [InlineData("""{"p":"2026-03-29T10:00:00Z"}""", """ "profile":"p","inTheLast":{"n":1,"unit":"day"} """, true)]
    [InlineData("""{"p":"2026-03-29T09:59:59.999Z"}""", """ "profile":"p","inTheLast":{"n":1,"unit":"day"} """, false)]
    [InlineData("""{"p":"2026-03-29"}""", """ "profile":"p","inTheLast":{"n":1,"unit":"day"} """, false)]
    [InlineData("""{"p":"2026-03-30"}""", """ "profile":"p","inTheLast":{"n":1,"unit":"day"} """, true)]
    [InlineData("""{"p":"2026-03-31"}""", """ "profile":"p","inTheLast":{"n":1,"unit":"day"} """, false)]
    // A month before noon of 30 March: noon of 28 February, at another offset.
    [InlineData("""{"p":"2026-02-28T11:00:00Z"}""", """ "profile":"p","inTheLast":{"n":1,"unit":"month"} """, true)]
    [InlineData("""{"p":"2026-02-28T10:59:59Z"}""", """ "profile":"p","inTheLast":{"n":1,"unit":"month"} """, false)]
    public Task Profile_Corner_IsAsDocumented(string profile, string test, bool holds) => Check(profile, [], $"{{{test}}}", holds);

    [Theory]
    // Zero satisfies, or does not.
    [InlineData(""" "event":"Never","count":{"lte":2} """, true)]
    [InlineData(""" "event":"Never","count":{"lt":0} """, false)]
    [InlineData(""" "event":"Never","count":{"eq":0} """, true)]
    [InlineData(""" "event":"Never","count":{"gte":0} """, true)]
    [InlineData(""" "event":"Never","count":{"between":[0,3]} """, true)]
    [InlineData(""" "event":"Never","count":{"gt":0} """, false)]
    [InlineData(""" "event":"Never","distinctDays":{"lte":0} """, true)]
    [InlineData(""" "event":"Never","distinct":{"of":"v","eq":0} """, true)]
    [InlineData(""" "event":"Never","sum":{"of":"v","lte":5} """, false)]
    [InlineData(""" "event":"Never","max":{"of":"v","gte":0} """, false)]
    // Three events: on 27 February and twice on 29 March, one of them just before midnight; a fourth is yet to come.
    [InlineData(""" "event":"Buy","count":{"eq":3} """, true)]
    [InlineData(""" "event":"$any","count":{"eq":4} """, true)]
    [InlineData(""" "event":"Buy","count":{"gt":2.5} """, true)]
    [InlineData(""" "event":"Buy","distinctDays":{"eq":2} """, true)]
    [InlineData(""" "event":"Buy","where":[{"property":"v","is":[5]}],"count":{"eq":2} """, true)]
    [InlineData(""" "event":"Buy","where":[{"property":"v","isNot":[5]}],"count":{"eq":1} """, true)]
    [InlineData(""" "event":"Buy","where":[{"property":"w","isSet":false}],"count":{"eq":2} """, true)]
    [InlineData(""" "event":"buy" """, false)]
    [InlineData(""" "event":"Buy","window":{"last":{"n":1,"unit":"day"}},"count":{"eq":2} """, true)]
    [InlineData(""" "event":"Buy","window":{"from":"2026-03-29","to":"2026-03-29"},"count":{"eq":2} """, true)]
    [InlineData(""" "event":"Buy","window":{"from":"2026-03-30","to":"2026-04-30"},"count":{"eq":0} """, true)]
    [InlineData(""" "event":"Buy","window":{"since":"2026-02-27"},"count":{"eq":3} """, true)]
    [InlineData(""" "event":"Buy","window":{"since":"2026-02-28"},"count":{"eq":2} """, true)]
    // Figures leave out what is no number.
    [InlineData(""" "event":"Buy","sum":{"of":"v","eq":10} """, true)]
    [InlineData(""" "event":"Buy","avg":{"of":"v","eq":5} """, true)]
    [InlineData(""" "event":"Buy","min":{"of":"w","eq":7} """, true)]
    [InlineData(""" "event":"Buy","max":{"of":"list","gte":0} """, false)]
    // 5, "5" and "5.0" are one value; a list is one value.
    [InlineData(""" "event":"Buy","distinct":{"of":"v","eq":2} """, true)]
    [InlineData(""" "event":"Buy","distinct":{"of":"list","eq":1} """, true)]
    // The first one ever, of those that satisfy 'where'.
    [InlineData(""" "event":"Buy","firstTime":true """, true)]
    [InlineData(""" "event":"Buy","window":{"since":"2026-03-01"},"firstTime":true """, false)]
    [InlineData(""" "event":"Buy","where":[{"property":"w","isSet":true}],"window":{"since":"2026-03-01"},"firstTime":true """, true)]
    // Steps.
    [InlineData(""" "sequence":[{"event":"Buy"},{"event":"Buy"},{"event":"Buy"}] """, true)]
    [InlineData(""" "sequence":[{"event":"Buy"},{"event":"Buy"},{"event":"Buy"},{"event":"Buy"}] """, false)]
    [InlineData(""" "sequence":[{"event":"View"},{"event":"Buy"}] """, false)]
    [InlineData(""" "sequence":[{"event":"Buy"},{"event":"View"}],"within":{"n":1,"unit":"minute"} """, false)]
    [InlineData(""" "sequence":[{"event":"Buy"},{"event":"Buy"}],"within":{"n":59,"unit":"minute"} """, false)]
    [InlineData(""" "sequence":[{"event":"Buy"},{"event":"Buy"}],"within":{"n":60,"unit":"minute"} """, true)]
    [InlineData(""" "sequence":[{"event":"Buy","where":[{"property":"v","is":["text"]}]},{"event":"Buy"}],"within":{"n":1,"unit":"month"} """, false)]
    [InlineData(""" "sequence":[{"event":"Buy","where":[{"property":"v","is":["text"]}]},{"event":"Buy"}],"within":{"n":2,"unit":"month"} """, true)]
    public Task Behavior_Corner_IsAsDocumented(string condition, bool holds) => Check(
        null,
        [
            Event("Buy", "2026-02-27T09:00:00", """{"v":"text","list":[5]}"""),
            Event("Buy", "2026-03-29T20:59:59.999", """{"v":5,"w":"7","list":[5]}"""),
            Event("Buy", "2026-03-29T21:59:59.999", """{"v":"5.0"}"""),
            Event("View", "2026-03-29T21:59:59.999", """{}"""),
            Event("Buy", "2026-03-30T10:00:00.001", """{"v":1}"""),
        ],
        $"{{{condition}}}", holds);

    private static Happening Event(string name, string time, string properties) =>
        new(1, name, DateTime.SpecifyKind(DateTime.Parse(time, CultureInfo.InvariantCulture), DateTimeKind.Utc), properties);

    [Theory]
    [InlineData("""{"p":"v7"}""", true)]
    [InlineData("""{"p":"V7"}""", false)]
    [InlineData("""{"p":7}""", true)]
    [InlineData("""{"p":"7"}""", false)]
    [InlineData("""{"p":1000.5}""", true)]
    [InlineData("""{"p":"10005e-1"}""", true)]
    [InlineData("""{"p":"quote \" 7"}""", true)]
    [InlineData("""{"p":["x",["v7"]]}""", true)]
    [InlineData("""{"p":["x",1000.5,null]}""", true)]
    [InlineData("""{"p":["x",{"v7":"v7"}]}""", false)]
    [InlineData("""{"p":[]}""", false)]
    [InlineData("""{"p":true}""", true)]
    [InlineData("""{"p":null}""", false)]
    [InlineData("""{}""", false)]
    public async Task Is_ThousandsOfValues_MeansTheSameAsFew(string profile, bool holds)
    {
        var values = JsonSerializer.Serialize(Enumerable.Range(0, 2000)
            .SelectMany(i => new object[] { $"v{i}", $"{i}.0", $"quote \" {i}", i + 0.5 }).Append(true).Append("nul \0"));
        await Check(profile, [], $$"""{"profile":"p","is":{{values}}}""", holds);
        await Check(profile, [], $$"""{"profile":"p","isNot":{{values}}}""", !holds);
        await Check(null, [Event("e", "2026-03-30T09:00:00", profile)], $$"""{"event":"e","where":[{"property":"p","is":{{values}}}]}""", holds);
    }

    private async Task Check(string? profile, IReadOnlyList<Happening> events, string definition, bool holds)
    {
        var world = new World(Now, "Europe/Berlin", [new Person(1, 1, "one", profile)], events);
        int[] expected = holds ? [1] : [];
        var project = await engine.AddAsync(world);

        (await project.MembersAsync(definition)).ShouldBe(expected);
        new Oracle(world, new Dictionary<int, JsonElement>()).Members(Definitions.Json(definition)).ShouldBe(expected, "the plain evaluator");
    }
}

public sealed class DuckDbMeaningTests(DuckDbEngine engine) : MeaningSuite(engine);

public sealed class ClickHouseMeaningTests(ClickHouseEngine engine) : MeaningSuite(engine);
