using System.Text.Json;
using Muster.Cohorts.Definition;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Cohorts.Definition;

public sealed class DefinitionReaderTests
{
    [Theory]
    // Every kind of condition, test, measure, comparison, window and unit.
    [InlineData("""{"all":[{"profile":"a","is":["x",1,true]},{"profile":"a","isNot":[1.5]}]}""")]
    [InlineData("""{"any":[{"profile":"a","contains":""},{"profile":"","notContains":"x"}]}""")]
    [InlineData("""{"not":{"cohort":5}}""")]
    [InlineData("""{"profile":"a","isSet":false}""")]
    [InlineData("""{"profile":"a","gt":1e400}""")]
    [InlineData("""{"profile":"a","between":[1,1]}""")]
    [InlineData("""{"profile":"a","before":"2026-02-28"}""")]
    [InlineData("""{"profile":"a","after":"0001-01-01"}""")]
    [InlineData("""{"profile":"a","inTheLast":{"n":1,"unit":"minute"}}""")]
    [InlineData("""{"profile":"a","notInTheLast":{"unit":"month","n":2147483647}}""")]
    [InlineData("""{"profile":"a","isTrue":false}""")]
    [InlineData("""{"event":"e"}""")]
    [InlineData("""{"event":"$any","where":[],"count":{"lte":-1}}""")]
    [InlineData("""{"event":"e","where":[{"property":"p","lt":3}],"window":{"last":{"n":7.0,"unit":"week"}},"distinctDays":{"eq":2}}""")]
    [InlineData("""{"event":"e","window":{"from":"2026-01-01","to":"2026-01-01"},"firstTime":true}""")]
    [InlineData("""{"event":"e","window":{"since":"2026-01-01"},"sum":{"of":"p","between":[-1,1]}}""")]
    [InlineData("""{"event":"e","distinct":{"gt":1,"of":"p"}}""")]
    [InlineData("""{"sequence":[{"event":"e"},{"event":"f","where":[{"property":"p","isSet":true}]}],"within":{"n":1,"unit":"hour"},"window":{"last":{"n":1,"unit":"day"}}}""")]
    public void Read_Valid_HasTreeAndNoFaults(string definition)
    {
        var read = Read(definition);

        read.Faults.ShouldBeEmpty();
        read.Condition.ShouldNotBeNull();
    }

    [Theory]
    // Unknown keys.
    [InlineData("""{"all":[{"cohort":1,"foo":1}]}""", "/definition/all/0/foo")]
    [InlineData("""{"profile":"a","equals":[1]}""", "/definition/equals", "/definition")]
    [InlineData("""{"profile":"a","isSet":true,"window":{"last":{"n":1,"unit":"day"}}}""", "/definition/window")]
    [InlineData("""{"event":"e","where":[{"property":"p","isSet":true,"x/y~z":1}]}""", "/definition/where/0/x~1y~0z")]
    [InlineData("""{"event":"e","window":{"last":{"n":1,"unit":"day","of":2}}}""", "/definition/window/last/of")]
    [InlineData("""{"event":"e","count":{"gte":1,"of":"p"}}""", "/definition/count/of")]
    [InlineData("""{"sequence":[{"event":"e","window":{"since":"2026-01-01"}}],"count":{"gte":1}}""", "/definition/count", "/definition/sequence/0/window")]
    [InlineData("""{"all":[{"cohort":1}],"any":[{"cohort":1}]}""", "/definition/any")]
    // Two of what there may be one of.
    [InlineData("""{"profile":"a","is":["x"],"isSet":true}""", "/definition/isSet")]
    [InlineData("""{"event":"e","count":{"gte":1},"distinctDays":{"gte":1}}""", "/definition/distinctDays")]
    [InlineData("""{"event":"e","count":{"gte":1,"lte":5}}""", "/definition/count/lte")]
    [InlineData("""{"event":"e","where":[{"property":"p","gt":1,"lt":5}]}""", "/definition/where/0/lt")]
    [InlineData("""{"event":"e","window":{"last":{"n":1,"unit":"day"},"since":"2026-01-01"}}""", "/definition/window/since")]
    [InlineData("""{"event":"e","window":{"from":"2026-01-01","since":"2026-01-01","to":"2026-01-02"}}""", "/definition/window/since")]
    [InlineData("""{"event":"e","profile":"a"}""", "/definition/profile")]
    // None where one is needed.
    [InlineData("""{}""", "/definition")]
    [InlineData("""{"profile":"a"}""", "/definition")]
    [InlineData("""{"event":"e","where":[{"isSet":true}]}""", "/definition/where/0/property")]
    [InlineData("""{"event":"e","where":[{"property":"p"}]}""", "/definition/where/0")]
    [InlineData("""{"event":"e","count":{}}""", "/definition/count")]
    [InlineData("""{"event":"e","sum":{"gte":1}}""", "/definition/sum/of")]
    [InlineData("""{"event":"e","sum":{"of":"p"}}""", "/definition/sum")]
    [InlineData("""{"event":"e","window":{}}""", "/definition/window")]
    [InlineData("""{"event":"e","window":{"from":"2026-01-01"}}""", "/definition/window/to")]
    [InlineData("""{"sequence":[{"where":[]}]}""", "/definition/sequence/0/event")]
    [InlineData("""{"profile":"a","inTheLast":{}}""", "/definition/inTheLast/n", "/definition/inTheLast/unit")]
    // Wrong types.
    [InlineData("""[]""", "/definition")]
    [InlineData("""{"all":{"cohort":1}}""", "/definition/all")]
    [InlineData("""{"not":[{"cohort":1}]}""", "/definition/not")]
    [InlineData("""{"cohort":"1"}""", "/definition/cohort")]
    [InlineData("""{"cohort":1.5}""", "/definition/cohort")]
    [InlineData("""{"profile":1,"isSet":1}""", "/definition/profile", "/definition/isSet")]
    [InlineData("""{"profile":"a","is":"x"}""", "/definition/is")]
    [InlineData("""{"profile":"a","is":["x",null,{},[1]]}""", "/definition/is/1", "/definition/is/2", "/definition/is/3")]
    [InlineData("""{"profile":"a","contains":5}""", "/definition/contains")]
    [InlineData("""{"profile":"a","gt":"5"}""", "/definition/gt")]
    [InlineData("""{"profile":"a","between":[1]}""", "/definition/between")]
    [InlineData("""{"profile":"a","between":[1,"2"]}""", "/definition/between/1")]
    [InlineData("""{"profile":"a","isTrue":"true"}""", "/definition/isTrue")]
    [InlineData("""{"profile":"a","inTheLast":7}""", "/definition/inTheLast")]
    [InlineData("""{"event":"e","firstTime":false}""", "/definition/firstTime")]
    [InlineData("""{"event":"e","where":{}}""", "/definition/where")]
    [InlineData("""{"event":"e","where":[1]}""", "/definition/where/0")]
    [InlineData("""{"event":"e","window":null}""", "/definition/window")]
    [InlineData("""{"event":"e","count":1}""", "/definition/count")]
    [InlineData("""{"event":"e","sum":{"of":1,"gte":"1"}}""", "/definition/sum/of", "/definition/sum/gte")]
    [InlineData("""{"sequence":["e"]}""", "/definition/sequence/0")]
    // Empty lists.
    [InlineData("""{"all":[]}""", "/definition/all")]
    [InlineData("""{"any":[]}""", "/definition/any")]
    [InlineData("""{"profile":"a","is":[]}""", "/definition/is")]
    [InlineData("""{"profile":"a","isNot":[]}""", "/definition/isNot")]
    [InlineData("""{"sequence":[]}""", "/definition/sequence")]
    // Spans, dates and bounds.
    [InlineData("""{"profile":"a","inTheLast":{"n":0,"unit":"day"}}""", "/definition/inTheLast/n")]
    [InlineData("""{"profile":"a","inTheLast":{"n":1.5,"unit":"days"}}""", "/definition/inTheLast/n", "/definition/inTheLast/unit")]
    [InlineData("""{"profile":"a","inTheLast":{"n":2147483648,"unit":"year"}}""", "/definition/inTheLast/n", "/definition/inTheLast/unit")]
    [InlineData("""{"sequence":[{"event":"e"}],"within":{"n":-1,"unit":"day"}}""", "/definition/within/n")]
    [InlineData("""{"profile":"a","before":"2026-02-30"}""", "/definition/before")]
    [InlineData("""{"profile":"a","before":"2026-1-1"}""", "/definition/before")]
    [InlineData("""{"profile":"a","after":"2026-01-01T00:00:00Z"}""", "/definition/after")]
    [InlineData("""{"profile":"a","after":20260101}""", "/definition/after")]
    [InlineData("""{"event":"e","window":{"since":"yesterday"}}""", "/definition/window/since")]
    [InlineData("""{"event":"e","window":{"from":"2026-01-02","to":"2026-01-01"}}""", "/definition/window/from")]
    [InlineData("""{"profile":"a","between":[2,1]}""", "/definition/between")]
    [InlineData("""{"event":"e","count":{"between":[2,1]}}""", "/definition/count/between")]
    // Texts that are none.
    [InlineData("""{"profile":"\ud83d","isSet":true}""", "/definition")]
    [InlineData("""{"profile":"a","\udc00":true}""", "/definition")]
    // Every fault of a definition at once.
    [InlineData(
        """{"any":[{"all":[]},{"event":5,"count":{"gte":"1"}},{"not":{"profile":"a"}}]}""",
        "/definition/any/0/all", "/definition/any/1/event", "/definition/any/1/count/gte", "/definition/any/2/not")]
    public void Read_Faulty_NamesEachFaultByPath(string definition, params string[] paths)
    {
        var read = Read(definition);

        read.Condition.ShouldBeNull();
        read.Faults.Select(f => f.Path).ShouldBe(paths, ignoreOrder: true);
    }

    [Fact]
    public void Read_FiftyConditions_AreFineAndOneMoreIsNot()
    {
        Read(Many(50)).Faults.ShouldBeEmpty();

        var fault = Read(Many(51)).Faults.ShouldHaveSingleItem();
        fault.Path.ShouldBe("/definition");
        fault.Message.ShouldContain("51");

        static string Many(int count) =>
            "{\"any\":[{\"all\":[" + string.Join(",", Enumerable.Repeat("{\"event\":\"e\"}", count - 1)) + "]},{\"not\":{\"cohort\":1}}]}";
    }

    [Fact]
    public void Read_TenDeep_IsFineAndOneMoreIsNot()
    {
        Read(Deep(10)).Faults.ShouldBeEmpty();

        Read(Deep(11)).Faults.ShouldHaveSingleItem().Path.ShouldBe("/definition" + string.Concat(Enumerable.Repeat("/not", 11)));

        static string Deep(int depth) => string.Concat(Enumerable.Repeat("""{"not":""", depth)) + """{"cohort":1}""" + new string('}', depth);
    }

    [Fact]
    public void Read_References_AreFoundWithTheirPaths()
    {
        var read = Read("""{"all":[{"cohort":3},{"any":[{"not":{"cohort":4}}]}]}""");

        read.References.ShouldBe([new CohortReference(3, "/definition/all/0/cohort"), new CohortReference(4, "/definition/all/1/any/0/not/cohort")]);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0", -0.0)]
    [InlineData("1e3", 1000)]
    [InlineData("1E+3", 1000)]
    [InlineData("12.50", 12.5)]
    [InlineData("9007199254740993", 9007199254740992)]
    public void JsonNumber_OfJsonsGrammar_IsRead(string text, double number) => JsonNumber.Read(text).ShouldBe(number);

    [Theory]
    [InlineData("")]
    [InlineData(" 5 ")]
    [InlineData("5\n")]
    [InlineData("+5")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("05")]
    [InlineData("1e")]
    [InlineData("0x1")]
    [InlineData("1_000")]
    [InlineData("1,5")]
    [InlineData("Infinity")]
    [InlineData("NaN")]
    [InlineData("٥")]
    public void JsonNumber_OfAnythingElse_IsNone(string text) => JsonNumber.Read(text).ShouldBeNull();

    private static ReadDefinition Read(string definition)
    {
        using var document = JsonDocument.Parse(definition);
        return DefinitionReader.Read(document.RootElement);
    }
}
