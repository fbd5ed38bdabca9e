using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Query;

public sealed class ExportTests
{
    private const string Days = "from_date=2026-11-01&to_date=2026-11-30";

    // 2026-11-19T14:53:20Z
    private const long Time = 1_795_100_000;

    [Theory]
    [InlineData("/api/2.0/export")]
    [InlineData("/api/2.0/export/")]
    public async Task Export_OfDays_HasTheEventsAsTheyWereSent(string path)
    {
        await using var server = await QueryServer.StartAsync();
        await server.ImportAsync(
            $$"""{"event":"Buy","properties":{"time":{{Time}}.25,"distinct_id":"a","$insert_id":"i1","amount":3.5,"tags":["x",{"y":null}],"text":"é\"\n"} }""",
            $$"""{"event":"View","properties":{"time":{{Time}},"distinct_id":"","$insert_id":"i2"} }""",
            $$"""{"event":"View","properties":{"time":{{Time}},"distinct_id":"a","$insert_id":"i3","mp_processing_time_ms":7} }""");

        var lines = await LinesAsync(server, $"{path}?{Days}&project_id=1");

        lines.ShouldBe([
            $$$"""{"event":"View","properties":{"time":{{{Time}}},"distinct_id":"","$insert_id":"i2","mp_processing_time_ms":1795176000000}}""",
            $$$"""{"event":"View","properties":{"time":{{{Time}}},"distinct_id":"a","$insert_id":"i3","mp_processing_time_ms":7,"$user_id":"a"}}""",
            $$$"""{"event":"Buy","properties":{"time":{{{Time}}},"distinct_id":"a","$insert_id":"i1","mp_processing_time_ms":1795176000000,"amount":3.5,"tags":["x",{"y":null}],"text":"é\"\n","$user_id":"a"}}""",
        ], ignoreOrder: true);
        (await LinesAsync(server, $"{path}?{Days}&time_in_ms=true&event=[\"Buy\"]")).Single().ShouldContain($"\"time\":{Time}250,");
    }

    [Fact]
    public async Task Export_Filters_LeaveOutTheOthers()
    {
        await using var server = await QueryServer.StartAsync();
        await server.ImportAsync(Enumerable.Range(0, 10).Select(i =>
            $$"""{"event":"e{{i % 2}}","properties":{"time":{{Time + i}},"distinct_id":"u{{i}}","$insert_id":"i{{i}}","n":{{i}} } }"""));
        await server.EngageAsync("""{"$token":"token-1","$distinct_id":"u3","$set":{"plan":"pro"}}""");

        (await LinesAsync(server, $"/api/2.0/export?{Days}")).Count.ShouldBe(10);
        (await LinesAsync(server, $"/api/2.0/export?{Days}&event=[\"e1\"]")).Count.ShouldBe(5);
        (await LinesAsync(server, $"/api/2.0/export?{Days}&event=[\"e1\",\"e0\",\"x' OR 1=1 --\"]")).Count.ShouldBe(10);
        (await LinesAsync(server, $"/api/2.0/export?{Days}&event=[]")).ShouldBeEmpty();
        (await LinesAsync(server, $"/api/2.0/export?{Days}&limit=3")).Count.ShouldBe(3);
        (await LinesAsync(server, $"/api/2.0/export?{Days}&where={Uri.EscapeDataString("properties[\"n\"] >= 8 or properties[\"$distinct_id\"] == \"u1\"")}")).Count.ShouldBe(3);
        (await LinesAsync(server, $"/api/2.0/export?{Days}&where={Uri.EscapeDataString($"event[\"time\"] < {Time + 2}")}")).Count.ShouldBe(2);
        (await LinesAsync(server, $"/api/2.0/export?{Days}&where={Uri.EscapeDataString("user[\"plan\"] == \"pro\"")}")).Count.ShouldBe(1);
        (await LinesAsync(server, "/api/2.0/export?from_date=2026-11-20&to_date=2026-11-20")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Export_Days_AreThoseOfTheProject()
    {
        await using var server = await QueryServer.StartAsync("Pacific/Auckland");
        // 13 hours ahead: the 20th begins at 11:00 UTC of the 19th, and ends at 11:00 UTC of the 20th.
        await server.ImportAsync(((string Id, string At)[])[("before", "2026-11-19T10:59:59Z"), ("first", "2026-11-19T11:00:00Z"), ("last", "2026-11-20T10:59:59Z"), ("after", "2026-11-20T11:00:00Z")] is var events
            ? events.Select(e => $$"""{"event":"e","properties":{"time":{{DateTimeOffset.Parse(e.At, null).ToUnixTimeSeconds()}},"distinct_id":"{{e.Id}}","$insert_id":"{{e.Id}}"} }""")
            : []);

        var lines = await LinesAsync(server, "/api/2.0/export?from_date=2026-11-20&to_date=2026-11-20");

        lines.Select(l => JsonElement.Parse(l).GetProperty("properties").GetProperty("distinct_id").GetString()).ShouldBe(["first", "last"], ignoreOrder: true);
    }

    [Fact]
    public async Task Export_AfterAMerge_NamesTheCanonicalId()
    {
        await using var server = await QueryServer.StartAsync();
        await server.ImportAsync(((string[])["old", "a"]).Select(id => $$"""{"event":"e","properties":{"time":{{Time}},"distinct_id":"{{id}}","$insert_id":"{{id}}"} }"""));
        server.Rows("""
            INSERT INTO alias (user_id, project_id, canonical_id)
            SELECT o.user_id, 1, a.user_id FROM identity o, identity a WHERE o.distinct_id = 'old' AND a.distinct_id = 'a'
            """);

        (await LinesAsync(server, $"/api/2.0/export?{Days}")).ShouldAllBe(l => l.Contains("\"distinct_id\":\"a\""));
    }

    [Fact]
    public async Task Export_Large_IsPackedWhenTheClientTakesIt()
    {
        await using var server = await QueryServer.StartAsync();
        await server.ImportAsync(Enumerable.Range(0, 2000).Select(i =>
            $$"""{"event":"e","properties":{"time":{{Time}},"distinct_id":"u","$insert_id":"i{{i}}","text":"{{new string('x', 100)}}"} }"""));

        using var large = await GetPackedAsync(server, $"/api/2.0/export?{Days}");
        using var small = await GetPackedAsync(server, $"/api/2.0/export?{Days}&limit=2");

        large.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        await using var unpacked = new GZipStream(await large.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var text = new StreamReader(unpacked, Encoding.UTF8);
        (await text.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2000);
        small.Content.Headers.ContentEncoding.ShouldBeEmpty();
        small.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
    }

    [Theory]
    [InlineData("", "from_date")]
    [InlineData("from_date=2026-11-01", "to_date")]
    [InlineData("from_date=1.11.2026&to_date=2026-11-30", "from_date")]
    [InlineData("from_date=2026-11-30&to_date=2026-11-01", "after")]
    [InlineData(Days + "&limit=100001", "100000")]
    [InlineData(Days + "&event=Buy", "event")]
    [InlineData(Days + "&where=properties[", "position 11")]
    public async Task Export_WrongField_IsNamed(string query, string word)
    {
        await using var server = await QueryServer.StartAsync();

        var (status, text) = await server.SendAsync($"/api/2.0/export?{query}", "secret-1:");

        status.ShouldBe(400);
        JsonElement.Parse(text).GetProperty("error").GetString()!.ShouldContain(word);
    }

    [Fact]
    public async Task Export_WithTheWrongSecret_IsRefused()
    {
        await using var server = await QueryServer.StartAsync();

        (await server.SendAsync($"/api/2.0/export?{Days}", "secret-3:")).Status.ShouldBe(401);
    }

    private static async Task<List<string>> LinesAsync(QueryServer server, string path)
    {
        var (status, text) = await server.SendAsync(path, "secret-1:");
        status.ShouldBe(200, text);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static async Task<HttpResponseMessage> GetPackedAsync(QueryServer server, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Add("Authorization", "Basic secret-1:");
        request.Headers.Add("Accept-Encoding", "gzip");
        return await server.Client.SendAsync(request);
    }
}
