using System.Text.Json;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Query;

public sealed class EngageTests
{
    private const string Path = "/api/query/engage?project_id=1";

    [Theory]
    [InlineData("/api/query/engage")]
    [InlineData("/api/query/engage/")]
    [InlineData("/api/2.0/engage")]
    [InlineData("/api/2.0/engage/")]
    public async Task Engage_ByAnyPath_AnswersProfiles(string path)
    {
        await using var server = await QueryServer.StartAsync();
        await server.EngageAsync("""{"$token":"token-1","$distinct_id":"a","$time":1795100000,"$set":{"$email":"a@x.io","n":1}}""", """{"$token":"token-2","$distinct_id":"b","$set":{"n":2}}""");

        var answer = await server.AskAsync(path);
        var byJson = JsonElement.Parse((await server.SendAsync(path, "secret-1:", QueryServer.Content("""{"distinct_id":"a","page":0}"""))).Text);

        answer.GetProperty("page").GetInt32().ShouldBe(0);
        answer.GetProperty("page_size").GetInt32().ShouldBe(1000);
        answer.GetProperty("status").GetString().ShouldBe("ok");
        answer.GetProperty("total").GetInt32().ShouldBe(1);
        answer.GetProperty("session_id").GetString().ShouldNotBeNullOrEmpty();
        answer.GetProperty("computed_at").GetDateTimeOffset().ShouldBe(server.Clock.GetUtcNow());
        answer.GetProperty("results").GetRawText().ShouldBe("""[{"$distinct_id":"a","$properties":{"$email":"a@x.io","n":1,"$last_seen":"2026-11-19T14:53:20"}}]""");
        byJson.GetProperty("results").GetRawText().ShouldBe(answer.GetProperty("results").GetRawText());
    }

    [Fact]
    public async Task Engage_Session_IsASnapshot()
    {
        await using var server = await QueryServer.StartAsync();
        await server.EngageAsync(Enumerable.Range(0, 2500).Select(i => $$"""{"$token":"token-1","$distinct_id":"u{{i}}","$set":{"n":{{i}}} }"""));

        var first = await server.AskAsync(Path);
        var session = first.GetProperty("session_id").GetString()!;
        await server.EngageAsync(Enumerable.Range(0, 2000).Select(i => $$"""{"$token":"token-1","$distinct_id":"u{{i}}","$set":{"n":"changed"} }"""));
        await server.EngageAsync(Enumerable.Range(2000, 500).Select(i => $$"""{"$token":"token-1","$distinct_id":"u{{i}}","$delete":""}"""));
        await server.EngageAsync("""{"$token":"token-1","$distinct_id":"new","$set":{"n":1}}""");
        JsonElement[] pages = [first, .. await Task.WhenAll(Enumerable.Range(1, 3).Select(p => server.AskAsync(Path, ("session_id", session), ("page", $"{p}"))))];

        pages.Select(p => p.GetProperty("results").GetArrayLength()).ShouldBe([1000, 1000, 500, 0]);
        pages.Select(p => p.GetProperty("page").GetInt32()).ShouldBe([0, 1, 2, 3]);
        pages.ShouldAllBe(p => p.GetProperty("total").GetInt32() == 2500 && p.GetProperty("session_id").GetString() == session);
        pages.SelectMany(p => p.GetProperty("results").EnumerateArray()).Select(r => (r.GetProperty("$distinct_id").GetString()!, r.GetProperty("$properties").GetProperty("n").ToString()))
            .ShouldBe(Enumerable.Range(0, 2500).Select(i => ($"u{i}", $"{i}")), ignoreOrder: true);
        (await server.AskAsync(Path)).GetProperty("total").GetInt32().ShouldBe(2001);
    }

    [Fact]
    public async Task Engage_SessionThatIsNoLonger_IsRefusedAndItsFileGone()
    {
        await using var server = await QueryServer.StartAsync();
        await server.EngageAsync(Enumerable.Range(0, 1001).Select(i => $$"""{"$token":"token-1","$distinct_id":"u{{i}}","$set":{"n":1} }"""));
        var session = (await server.AskAsync(Path)).GetProperty("session_id").GetString()!;
        Directory.GetFiles(server.SessionFolder).Length.ShouldBe(1);

        server.Clock.Advance(TimeSpan.FromMinutes(9));
        await server.AskAsync(Path, ("session_id", session), ("page", "1"));
        server.Clock.Advance(TimeSpan.FromMinutes(9));
        await server.AskAsync(Path, ("session_id", session), ("page", "1"));
        server.Clock.Advance(TimeSpan.FromMinutes(11));

        (await server.AskInVainAsync(Path, ("session_id", session), ("page", "1"))).GetProperty("error").GetString()!.ShouldContain("session_id");
        Directory.GetFiles(server.SessionFolder).ShouldBeEmpty();
        (await server.SendAsync($"/api/query/engage?project_id=2&session_id={session}", "admin:api-admin")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Engage_ByCohort_HasMembersWithAndWithoutProfile()
    {
        await using var server = await QueryServer.StartAsync();
        await server.EngageAsync("""{"$token":"token-1","$distinct_id":"a","$set":{"n":1}}""", """{"$token":"token-1","$distinct_id":"b","$set":{"n":1}}""");
        await server.ImportAsync(Event("a", "e", 0), Event("c", "e", 0));
        var cohort = await server.AddCohortAsync("Did e", """{"event":"e"}""");
        var filter = ("filter_by_cohort", $$"""{"id": {{cohort}}}""");

        Ids(await server.AskAsync(Path, filter)).ShouldBe(["a", "c"], ignoreOrder: true);
        Ids(await server.AskAsync(Path, filter, ("include_all_users", "true"))).ShouldBe(["a", "c"], ignoreOrder: true);
        Ids(await server.AskAsync(Path, filter, ("include_all_users", "false"))).ShouldBe(["a"]);
        Ids(await server.AskAsync(Path, filter, ("where", "properties[\"n\"] == 1"))).ShouldBe(["a"]);
        Ids(await server.AskAsync(Path, filter, ("where", "not defined(properties[\"n\"])"))).ShouldBe(["c"]);
        Ids(await server.AskAsync(Path, filter, ("distinct_ids", """["b","c"]"""))).ShouldBe(["c"]);
        var c = (await server.AskAsync(Path, filter, ("distinct_id", "c"))).GetProperty("results")[0];
        c.GetProperty("$properties").GetRawText().ShouldBe("{}");
        (await server.AskInVainAsync(Path, ("filter_by_cohort", """{"id":999}"""))).GetProperty("error").GetString()!.ShouldContain("999");
    }

    [Fact]
    public async Task Engage_ByIds_TakesThoseThatWereMergedForTheirPerson()
    {
        await using var server = await QueryServer.StartAsync();
        await server.EngageAsync("""{"$token":"token-1","$distinct_id":"a","$set":{"n":1}}""", """{"$token":"token-1","$distinct_id":"old","$set":{"n":1}}""", """{"$token":"token-1","$distinct_id":"b","$set":{"n":1}}""");
        server.Rows("""
            INSERT INTO alias (user_id, project_id, canonical_id)
            SELECT o.user_id, 1, a.user_id FROM identity o, identity a WHERE o.distinct_id = 'old' AND a.distinct_id = 'a'
            """);

        Ids(await server.AskAsync(Path)).ShouldBe(["a", "b"], ignoreOrder: true);
        Ids(await server.AskAsync(Path, ("distinct_id", "old"))).ShouldBe(["a"]);
        Ids(await server.AskAsync(Path, ("distinct_ids", """["old","b","nobody"]"""))).ShouldBe(["a", "b"], ignoreOrder: true);
        Ids(await server.AskAsync(Path, ("distinct_ids", "[]"))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Engage_OutputProperties_AreAllThatIsAnswered()
    {
        await using var server = await QueryServer.StartAsync("America/New_York");
        await server.EngageAsync("""{"$token":"token-1","$distinct_id":"a","$time":1795100000,"$set":{"x":{"y":[1,"é"]},"z":"q\"uote"}}""");

        var some = await server.AskAsync(Path, ("output_properties", """["x","nothing"]"""));
        var all = await server.AskAsync(Path);

        some.GetProperty("results")[0].GetProperty("$properties").GetRawText().ShouldBe("""{"x":{"y":[1,"é"]}}""");
        all.GetProperty("results")[0].GetProperty("$properties").GetRawText().ShouldBe("""{"x":{"y":[1,"é"]},"z":"q\"uote","$last_seen":"2026-11-19T09:53:20"}""");
    }

    [Theory]
    [InlineData("'; DROP TABLE profile; --")]
    [InlineData("\") OR true OR (\"\" == \"")]
    [InlineData("$q0")]
    [InlineData("/~0/~1/'/\"")]
    [InlineData("\\")]
    [InlineData("a') AS v0, (SELECT 1) AS v1 --")]
    public async Task Engage_HostileNamesAndValues_AreOnlyNamesAndValues(string hostile)
    {
        await using var server = await QueryServer.StartAsync();
        var json = JsonSerializer.Serialize(hostile);
        await server.EngageAsync(
            $$"""{"$token":"token-1","$distinct_id":{{json}},"$set":{ {{json}}:{{json}} } }""", """{"$token":"token-1","$distinct_id":"b","$set":{"n":1}}""");
        var literal = $"\"{hostile.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

        Ids(await server.AskAsync(Path, ("where", $"properties[{literal}] == {literal}"))).ShouldBe([hostile]);
        Ids(await server.AskAsync(Path, ("where", $"{literal} in properties[{literal}]"))).ShouldBe([hostile]);
        Ids(await server.AskAsync(Path, ("where", $"properties[\"n\"] == {literal}"))).ShouldBeEmpty();
        Ids(await server.AskAsync(Path, ("distinct_id", hostile))).ShouldBe([hostile]);
        Ids(await server.AskAsync(Path, ("distinct_ids", $"[{json}]"))).ShouldBe([hostile]);
        (await server.AskAsync(Path, ("output_properties", $"[{json}]"))).GetProperty("total").GetInt32().ShouldBe(2);
        await server.AskInVainAsync(Path, ("where", $"properties[\"n\"] == 1 {hostile}"));
        (await server.AskAsync(Path)).GetProperty("total").GetInt32().ShouldBe(2);
    }

    [Theory]
    [InlineData("where", "properties[\"n\"] = 1", "position 16")]
    [InlineData("where", "event[\"n\"] == 1", "event[…]")]
    [InlineData("page", "1", "session_id")]
    [InlineData("page", "-1", "page")]
    [InlineData("page", "x", "page")]
    [InlineData("session_id", "nothing", "session_id")]
    [InlineData("distinct_ids", "a", "distinct_ids")]
    [InlineData("output_properties", "{}", "output_properties")]
    [InlineData("filter_by_cohort", "12", "filter_by_cohort")]
    [InlineData("behaviors", "[]", "filter_by_cohort")]
    [InlineData("data_group_id", "1", "groups")]
    public async Task Engage_WrongField_IsNamed(string name, string value, string word)
    {
        await using var server = await QueryServer.StartAsync();

        var answer = await server.AskInVainAsync(Path, (name, value));

        answer.GetProperty("error").GetString()!.ShouldContain(word);
        answer.GetProperty("status").GetString().ShouldBe("error");
        answer.GetProperty("request").GetString().ShouldBe("/api/query/engage");
    }

    private static IEnumerable<string> Ids(JsonElement answer) =>
        answer.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("$distinct_id").GetString()!);

    private static string Event(string id, string name, int number) =>
        $$"""{"event":"{{name}}","properties":{"time":1795100000,"distinct_id":"{{id}}","$insert_id":"{{id}}-{{number}}"} }""";
}
