using System.Text.Json;
using CsCheck;
using Muster.Warehouse.Profiles;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Warehouse;

public sealed class ProfileOperationTests
{
    [Theory]
    [InlineData(null, "1", """{"n":1}""")]
    [InlineData("{}", "-2.5", """{"n":-2.5}""")]
    [InlineData("""{"n":null}""", "1", """{"n":1}""")]
    [InlineData("""{"n":0.1}""", "0.2", """{"n":0.3}""")]
    [InlineData("""{"n":1e3}""", "1", """{"n":1001}""")]
    [InlineData("""{"n":12}""", "-12", """{"n":0}""")]
    [InlineData("""{"n":9007199254740993}""", "1", """{"n":9007199254740994}""")]
    public void Add_Number_IsAddedAndMissingIsZero(string? stored, string number, string expected) =>
        Applied(stored, new ProfileOperation.Add([new("n", number)])).ShouldBe((ProfileOutcome.Applied, expected));

    [Theory]
    [InlineData("\"12\"")]
    [InlineData("true")]
    [InlineData("[1]")]
    [InlineData("{}")]
    public void Add_StoredIsNoNumber_NothingOfTheUpdateIsApplied(string stored)
    {
        var json = $$"""{"m":1,"n":{{stored}}}""";

        Applied(json, new ProfileOperation.Set([new("x", "1")]), new ProfileOperation.Add([new("m", "1"), new("n", "1")]))
            .ShouldBe((ProfileOutcome.NotANumber, json));
    }

    [Fact]
    public void Add_SumTooLarge_IsRefused() =>
        Applied("""{"n":1.7e308}""", new ProfileOperation.Add([new("n", "1.7e308")])).Outcome.ShouldBe(ProfileOutcome.NotANumber);

    [Fact]
    public void Add_NoProfileAndItFails_MakesNone()
    {
        var document = new ProfileDocument(null);
        document.Apply([new ProfileOperation.Set([new("n", "\"x\"")]), new ProfileOperation.Add([new("n", "1")])], null).ShouldBe(ProfileOutcome.NotANumber);

        (document.Exists, document.Changed).ShouldBe((false, false));
    }

    [Theory]
    [InlineData(null, "1", """{"l":[1]}""")]
    [InlineData("""{"l":[]}""", "1", """{"l":[1]}""")]
    [InlineData("""{"l":[ ]}""", "1", """{"l":[1]}""")]
    [InlineData("""{"l":[1, 1 ]}""", "1", """{"l":[1, 1,1]}""")]
    [InlineData("""{"l":null}""", "\"x\"", """{"l":["x"]}""")]
    [InlineData("""{"l":["a"]}""", "[1,2]", """{"l":["a",[1,2]]}""")]
    [InlineData("""{"l":"a"}""", "1", """{"l":"a"}""")]
    public void Append_Value_GoesToTheEndOfAList(string? stored, string value, string expected) =>
        Applied(stored, new ProfileOperation.Append([new("l", value)])).ShouldBe((ProfileOutcome.Applied, expected));

    [Fact]
    public void Append_ListIsFull_IsLeftOut()
    {
        var full = $$"""{"l":["{{new string('x', 200)}}"{{string.Concat(Enumerable.Repeat($",\"{new string('x', 200)}\"", 1290))}}]}""";

        Applied(full, new ProfileOperation.Append([new("l", $"\"{new string('y', 2000)}\"")])).Json.ShouldBe(full);
    }

    [Theory]
    [InlineData(null, """["a","a","b"]""", """{"l":["a","b"]}""")]
    [InlineData("""{"l":["a",1]}""", """["a",1.0,"\u0061","c"]""", """{"l":["a",1,"c"]}""")]
    [InlineData("""{"l":["a"]}""", "[]", """{"l":["a"]}""")]
    [InlineData("""{"l":7}""", """["a"]""", """{"l":7}""")]
    public void Union_Values_AreAddedWhenTheyAreNotThere(string? stored, string values, string expected) =>
        Applied(stored, new ProfileOperation.Union([new("l", Members(values))])).ShouldBe((ProfileOutcome.Applied, expected));

    [Theory]
    [InlineData("""{"l":["a","b","a"]}""", "\"a\"", """{"l":["b"]}""")]
    [InlineData("""{"l":["a"]}""", "\"a\"", """{"l":[]}""")]
    [InlineData("""{"l":[1,"1",1.0]}""", "1", """{"l":["1"]}""")]
    [InlineData("""{"l":["a"]}""", "\"z\"", """{"l":["a"]}""")]
    [InlineData("""{"l":"a"}""", "\"a\"", """{"l":"a"}""")]
    [InlineData("{}", "1", "{}")]
    public void Remove_Value_IsTakenOutWhereverItIs(string stored, string value, string expected) =>
        Applied(stored, new ProfileOperation.Remove([new("l", value)])).ShouldBe((ProfileOutcome.Applied, expected));

    [Fact]
    public void Remove_NoProfile_MakesNone() => Applied(null, new ProfileOperation.Remove([new("l", "1")])).Json.ShouldBeNull();

    [Fact]
    public void Apply_MorePropertiesThanAProfileHolds_IsRefusedForEveryOperation()
    {
        var full = new ProfileOperation.Set([.. Enumerable.Range(0, ProfileDocument.MaxProperties).Select(i => new KeyValuePair<string, string>($"p{i}", "0"))]);
        ProfileOperation[] more = [new ProfileOperation.Add([new("x", "1")]), new ProfileOperation.Append([new("x", "1")]), new ProfileOperation.Union([new("x", ["1"])])];

        more.ShouldAllBe(operation => Applied(null, full, operation).Outcome == ProfileOutcome.TooManyProperties);
    }

    [Fact]
    public void Lists_AnySequence_AgreeWithAPlainModel()
    {
        var value = Gens.Any("1", "2", "\"a\"", "null", "[1]", "{\"k\":1}");
        var step = Gen.Select(Gen.Int[0, 2], value, value);
        step.List[0, 15].Sample(steps =>
        {
            var document = new ProfileDocument("{}");
            var model = new List<string>();
            foreach (var (kind, one, two) in steps)
            {
                switch (kind)
                {
                    case 0:
                        document.Apply([new ProfileOperation.Append([new("l", one)])], null);
                        model.Add(one);
                        break;
                    case 1:
                        document.Apply([new ProfileOperation.Union([new("l", [one, two])])], null);
                        model.AddRange(new[] { one, two }.Distinct().Except(model).ToList());
                        break;
                    default:
                        document.Apply([new ProfileOperation.Remove([new("l", one)])], null);
                        model.RemoveAll(v => v == one);
                        break;
                }
            }

            (document.Text("l") ?? "[]").ShouldBe($"[{string.Join(',', model)}]");
        });
    }

    private static List<string> Members(string list) => [.. JsonElement.Parse(list).EnumerateArray().Select(e => e.GetRawText())];

    private static (ProfileOutcome Outcome, string? Json) Applied(string? stored, params ProfileOperation[] operations)
    {
        var document = new ProfileDocument(stored);
        var outcome = document.Apply(operations, null);
        return (outcome, document.Exists ? document.ToJson() : null);
    }
}
