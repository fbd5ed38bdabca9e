using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Web.Cohorts.Builder;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Web;

public sealed class DraftTests
{
    [Theory]
    [InlineData("""{"event":"Purchase"}""")]
    [InlineData("""{"event":"Purchase","count":{"eq":0}}""")]
    [InlineData("""{"event":"Purchase","window":{"last":{"n":14,"unit":"day"}},"count":{"gte":10}}""")]
    [InlineData("""{"event":"Purchase","where":[{"property":"amount","gte":5.5},{"property":"sku","contains":"x, \"y\""}],"window":{"from":"2026-01-01","to":"2026-01-31"},"sum":{"of":"amount","between":[1,9]}}""")]
    [InlineData("""{"event":"$any","window":{"since":"2026-01-01"},"firstTime":true}""")]
    [InlineData("""{"event":"Open","distinctDays":{"lt":3}}""")]
    [InlineData("""{"profile":"plan","is":["pro","5",5,true,"true","a, b",""," x "]}""")]
    [InlineData("""{"profile":"plan","isNot":["pro"]}""")]
    [InlineData("""{"profile":"plan","isSet":false}""")]
    [InlineData("""{"profile":"vip","isTrue":false}""")]
    [InlineData("""{"profile":"born","before":"2000-01-01"}""")]
    [InlineData("""{"profile":"seen","notInTheLast":{"n":3,"unit":"month"}}""")]
    [InlineData("""{"profile":"age","between":[18,30]}""")]
    [InlineData("""{"not":{"cohort":3}}""")]
    [InlineData("""{"any":[{"cohort":3},{"all":[{"event":"A"},{"profile":"p","isSet":true}]}]}""")]
    [InlineData("""{"not":{"all":[{"event":"A"},{"event":"B"}]}}""")]
    [InlineData("""{"not":{"event":"A","count":{"gte":2}}}""")]
    [InlineData("""{"sequence":[{"event":"A"},{"event":"B","where":[{"property":"p","isSet":true}]}],"within":{"n":2,"unit":"hour"},"window":{"last":{"n":1,"unit":"month"}}}""")]
    [InlineData("""{"not":{"not":{"all":[{"event":"A"},{"event":"B"}]}}}""")]
    public void ReadAndWrite_AnyDefinition_SaysTheSame(string json)
    {
        var draft = DraftReader.ReadRoot(JsonElement.Parse(json));

        JsonNode.DeepEquals(DraftWriter.Write(draft), JsonNode.Parse(json)).ShouldBeTrue(DraftWriter.Text(draft));
        draft.IsComplete.ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"event":5}""")]
    [InlineData("""{"event":"A","count":{"gte":1},"sum":{"of":"p","gt":1}}""")]
    [InlineData("""{"profile":"p","unknown":1}""")]
    [InlineData("""{"something":"else"}""")]
    public void Read_WhatSentencesHaveNoWordsFor_IsKeptAsItIs(string json)
    {
        var draft = DraftReader.ReadRoot(JsonElement.Parse(json));

        draft.Items.ShouldHaveSingleItem().ShouldBeOfType<RawDraft>();
        JsonNode.DeepEquals(DraftWriter.Write(draft), JsonNode.Parse(json)).ShouldBeTrue();
    }

    [Fact]
    public void IsComplete_BlankLeft_IsFalse()
    {
        new GroupDraft().IsComplete.ShouldBeFalse();
        new GroupDraft { Items = [new EventDraft()] }.IsComplete.ShouldBeFalse();
        new GroupDraft { Items = [new EventDraft { Event = { Name = "A" } }] }.IsComplete.ShouldBeTrue();
        new GroupDraft { Items = [new ProfileDraft { Test = { Property = "p", Kind = "is" } }] }.IsComplete.ShouldBeFalse();
        new GroupDraft { Items = [new EventDraft { Event = { Name = "A" }, Measure = { Kind = "sum" } }] }.IsComplete.ShouldBeFalse();
    }

    [Theory]
    [InlineData("pro, basic", """["pro","basic"]""")]
    [InlineData("5, true, \"5\", \"true\"", """[5,true,"5","true"]""")]
    [InlineData("\"a, b\", c", """["a, b","c"]""")]
    [InlineData("\"not closed", """["\u0022not closed"]""")]
    [InlineData(" , ", "[]")]
    public void Write_LineOfValues_AreTheValues(string line, string json) =>
        JsonNode.DeepEquals(ValueTexts.Write(line), JsonNode.Parse(json)).ShouldBeTrue(ValueTexts.Write(line).ToJsonString());
}
