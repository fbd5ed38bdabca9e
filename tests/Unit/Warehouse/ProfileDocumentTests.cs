using System.Globalization;
using Muster.Warehouse.Profiles;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Warehouse;

public sealed class ProfileDocumentTests
{
    private static readonly DateTime Noon = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Apply_Set_OverwritesAndKeepsOrderAndSpelling() =>
        Applied("""{"a":1.50,"b":[1, 2],"c":"x"}""", Set(("b", "null"), ("d", "1e3"))).ShouldBe("""{"a":1.50,"b":null,"c":"x","d":1e3}""");

    [Fact]
    public void Apply_SetWithoutProfile_MakesIt() => Applied(null, Set()).ShouldBe("{}");

    [Fact]
    public void Apply_SetOnce_LeavesWhatIsThereEvenNull() =>
        Applied("""{"a":1,"b":null}""", new ProfileOperation.SetOnce([new("a", "2"), new("b", "2"), new("c", "2")]))
            .ShouldBe("""{"a":1,"b":null,"c":2}""");

    [Fact]
    public void Apply_Unset_RemovesAndIgnoresUnknownNames() =>
        Applied("""{"a":1,"b":2}""", new ProfileOperation.Unset(["b", "z"])).ShouldBe("""{"a":1}""");

    [Fact]
    public void Apply_UnsetWithoutProfile_MakesNone() => Applied(null, new ProfileOperation.Unset(["b"])).ShouldBeNull();

    [Fact]
    public void Apply_Delete_RemovesTheProfile() => Applied("""{"a":1}""", new ProfileOperation.Delete()).ShouldBeNull();

    [Fact]
    public void Apply_DeleteAndSet_LeavesOnlyWhatWasSet() =>
        Applied("""{"a":1}""", new ProfileOperation.Delete(), Set(("b", "2"))).ShouldBe("""{"b":2}""");

    [Fact]
    public void Apply_NamesThatNeedEscapes_SurviveBothWays() =>
        Applied("""{"a\"b\n":1,"ü/~":2}""", Set(("c\\", "3"))).ShouldBe("""{"a\"b\n":1,"ü/~":2,"c\\":3}""");

    [Fact]
    public void Apply_WithLastSeen_SetsIt()
    {
        var document = new ProfileDocument(null);
        document.Apply(Update(Set(("a", "1"))) with { LastSeen = Noon });

        document.ToJson().ShouldBe("""{"a":1,"$last_seen":"2026-03-01T12:00:00"}""");
        document.LastSeen().ShouldBe(Noon);
    }

    [Fact]
    public void Apply_LastSeenAmongTheOperations_Wins()
    {
        var document = new ProfileDocument(null);
        document.Apply(Update(Set(("$last_seen", "\"2020-01-01T00:00:00\""))) with { LastSeen = Noon });

        document.LastSeen().ShouldBe(new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
    }

    [Fact]
    public void Apply_UnsetOnAProfile_IsSeenToo()
    {
        var document = new ProfileDocument("{}");
        document.Apply(Update(new ProfileOperation.Unset(["a"])) with { LastSeen = Noon });

        document.LastSeen().ShouldBe(Noon);
    }

    [Fact]
    public void Apply_DeleteOfNothing_IsNoChange()
    {
        var document = new ProfileDocument(null);
        document.Apply(Update(new ProfileOperation.Delete()) with { LastSeen = Noon });

        document.Changed.ShouldBeFalse();
        document.Exists.ShouldBeFalse();
    }

    [Fact]
    public void Apply_MorePropertiesThanAProfileHolds_ChangesNothing()
    {
        var document = new ProfileDocument(null);
        var full = Enumerable.Range(0, ProfileDocument.MaxProperties).Select(i => (i.ToString(CultureInfo.InvariantCulture), "0")).ToArray();
        document.Apply(Update(Set(full))).ShouldBe(ProfileOutcome.Applied);

        document.Apply(Update(Set(("0", "1"), ("one too many", "1")))).ShouldBe(ProfileOutcome.TooManyProperties);
        document.Text("0").ShouldBe("0");
        document.Apply(Update(Set(("0", "1")))).ShouldBe(ProfileOutcome.Applied);
        document.Apply(Update(new ProfileOperation.Delete(), Set(("one", "1")))).ShouldBe(ProfileOutcome.Applied);
    }

    [Theory]
    [InlineData("\"a@b.c\"", "a@b.c")]
    [InlineData("\"\\u00fc\\n\"", "ü\n")]
    [InlineData("\"\"", "")]
    [InlineData("12.50", "12.50")]
    [InlineData("true", "true")]
    [InlineData("[\"a\"]", "[\"a\"]")]
    [InlineData("null", null)]
    public void Text_AnyValue_IsItsTextOrJson(string json, string? text) =>
        new ProfileDocument($$"""{"$email":{{json}}}""").Text("$email").ShouldBe(text);

    [Theory]
    [InlineData("\"2026-03-01T12:00:00\"", "2026-03-01T12:00:00")]
    [InlineData("\"2026-03-01T12:00:00+02:00\"", "2026-03-01T10:00:00")]
    [InlineData("\"2026-03-01\"", null)]
    [InlineData("\"yesterday\"", null)]
    [InlineData("1700000000", null)]
    public void LastSeen_AnyValue_IsATimeOnlyWhenItIsOne(string json, string? time) =>
        new ProfileDocument($$"""{"$last_seen":{{json}}}""").LastSeen()?.ToString("s", CultureInfo.InvariantCulture).ShouldBe(time);

    private static ProfileOperation.Set Set(params (string Name, string Json)[] properties) =>
        new([.. properties.Select(p => new KeyValuePair<string, string>(p.Name, p.Json))]);

    private static ProfileUpdate Update(params ProfileOperation[] operations) =>
        new() { ProjectId = 1, DistinctId = "a", Operations = operations };

    private static string? Applied(string? stored, params ProfileOperation[] operations)
    {
        var document = new ProfileDocument(stored);
        document.Apply(Update(operations)).ShouldBe(ProfileOutcome.Applied);
        return document.Exists ? document.ToJson() : null;
    }
}
