using System.Globalization;
using System.Text.Json;
using Muster.Tests.Conformance.Engines;
using Muster.Tests.Unit.Cohorts.Compilation;
using Shouldly;
using Xunit;

namespace Muster.Tests.Conformance.Cohorts;

/// <summary>Numbers where engines round, overflow, or tell apart what is equal.</summary>
public abstract class NumberEdgesSuite(CohortEngine engine)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 21, 36, 1, TimeSpan.Zero);

    private static readonly string[] Numbers =
    [
        "0", "-0", "-0.0", "0.1", "0.30000000000000004", "1e23", "9.5", "123456789.123456789",
        "9007199254740991", "9007199254740992", "9007199254740993", "-9007199254740993",
        "9223372036854775807", "-9223372036854775808", "18446744073709551615", "123456789012345678901234567890",
        "1e308", "-1e308", "1.7976931348623157e308", "5e-324", "2.2250738585072011e-308", "1E-7", "1e3", "1000.0",
    ];

    public static TheoryData<string> Bounds => [.. Numbers];

    [Theory]
    [MemberData(nameof(Bounds))]
    public async Task Compare_EveryEdgeWithEvery_IsByDoubles(string bound)
    {
        // Each number as a number, as a text, and in a list.
        string[] properties = [.. Numbers.SelectMany(n => new[] { $$"""{"n":{{n}}}""", $$"""{"n":"{{n}}"}""", $$"""{"n":["x",{{n}}]}""" })];
        var world = new World(Now, "UTC", [.. properties.Select((p, i) => new Person(i, i, $"{i}", p))], []);
        var project = await engine.AddAsync(world);
        var oracle = new Oracle(world, new Dictionary<int, JsonElement>());

        foreach (var test in new[] { $"\"is\":[{bound}]", $"\"gt\":{bound}", $"\"gte\":{bound}", $"\"lt\":{bound}", $"\"lte\":{bound}", $"\"between\":[{bound},{bound}]" })
        {
            var definition = $"{{\"profile\":\"n\",{test}}}";
            (await project.MembersAsync(definition)).ShouldBe(oracle.Members(Definitions.Json(definition)), definition);
        }
    }

    [Theory]
    [InlineData("9007199254740992,1,1", "sum", "\"eq\":9007199254740994", true)]
    [InlineData("9007199254740993,-9007199254740992", "sum", "\"eq\":0", true)]
    [InlineData("0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1", "sum", "\"eq\":1", true)]
    [InlineData("0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1", "avg", "\"eq\":0.1", true)]
    [InlineData("1e308,1e308", "sum", "\"gt\":1.7976931348623157e308", true)]
    [InlineData("1e308,1e308", "avg", "\"gt\":1e308", true)]
    [InlineData("-1e308,-1e308", "sum", "\"lt\":-1.7976931348623157e308", true)]
    [InlineData("1e308,-1e308", "sum", "\"eq\":0", true)]
    [InlineData("0,-0,\"0\",\"-0\",0.0,-0.0,\"0e5\"", "distinct", "\"eq\":1", true)]
    [InlineData("-0", "max", "\"gte\":0", true)]
    [InlineData("-0", "min", "\"lt\":0", false)]
    [InlineData("9007199254740992,9007199254740993,\"9007199254740992.0\"", "distinct", "\"eq\":1", true)]
    [InlineData("9007199254740992,9007199254740994", "distinct", "\"eq\":2", true)]
    [InlineData("5e-324,0", "distinct", "\"eq\":2", true)]
    [InlineData("123456789012345678901234567890,\"123456789012345678901234567890\",1.2345678901234568e29", "distinct", "\"eq\":1", true)]
    [InlineData("\"1e3\",1000,\"1000.0\"", "sum", "\"eq\":3000", true)]
    [InlineData("\" 5\",\"+5\",\".5\",\"5.\",\"05\",\"NaN\",\"Infinity\",\"0x5\",\"1_0\",true,null,[5],{\"a\":5}", "max", "\"gte\":-1e308", false)]
    public async Task Measure_AtTheEdges_IsAsStated(string values, string measure, string comparison, bool holds)
    {
        var events = JsonDocument.Parse($"[{values}]").RootElement.EnumerateArray()
            .Select((v, i) => new Happening(1, "e", Now.UtcDateTime.AddSeconds(-i), $$"""{"n":{{v.GetRawText()}}}""")).ToList();
        var project = await engine.AddAsync(new World(Now, "UTC", [new Person(1, 1, "one", null)], events));
        int[] expected = holds ? [1] : [];

        (await project.MembersAsync($$$"""{"event":"e","{{{measure}}}":{"of":"n",{{{comparison}}}}}""")).ShouldBe(expected);
    }

    [Theory]
    [InlineData("2.5", 2)]
    [InlineData("3", 3)]
    [InlineData("3.5", 3)]
    [InlineData("9007199254740993", 3)]
    [InlineData("-1", 0)]
    public async Task Count_ComparedWithAnyNumber_IsNotRounded(string bound, int atMost)
    {
        var people = Enumerable.Range(1, 3).Select(i => new Person(i, i, $"{i}", null)).ToList();
        var events = people.SelectMany(p => Enumerable.Range(0, p.Id).Select(i => new Happening(p.Id, "e", Now.UtcDateTime.AddSeconds(-i), "{}"))).ToList();
        var project = await engine.AddAsync(new World(Now, "UTC", people, events));

        (await project.MembersAsync($$$"""{"event":"e","count":{"lte":{{{bound}}}}}""")).Count.ShouldBe(atMost, bound.ToString(CultureInfo.InvariantCulture));
    }
}

public sealed class DuckDbNumberEdgesTests(DuckDbEngine engine) : NumberEdgesSuite(engine);

public sealed class ClickHouseNumberEdgesTests(ClickHouseEngine engine) : NumberEdgesSuite(engine);
