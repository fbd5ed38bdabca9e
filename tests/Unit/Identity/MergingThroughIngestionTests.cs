using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Identity;

public sealed class MergingThroughIngestionTests
{
    private const string Anon = "5f0c1e4e-0b5a-4c3e-9d2a-1b2c3d4e5f60";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Original_IdentifyAfterTheFact_MovesTheCohortsMember()
    {
        await using var server = await IdentityServer.StartAsync("original", Stop);
        await server.ImportAsync(Stop, Event("Buy", Anon, "1"));
        (await MembersAsync(server, "Buy")).ShouldBe([Anon]);

        using var tracked = await server.Admin.PostAsJsonAsync("track?verbose=1", new[]
        {
            new { @event = "$identify", properties = new Dictionary<string, object> { ["$identified_id"] = "ann", ["$anon_id"] = Anon, ["token"] = server.Token } },
        }, Stop);

        (await tracked.Content.ReadAsStringAsync(Stop)).ShouldContain("\"status\":1");
        (await MembersAsync(server, "Buy")).ShouldBe(["ann"]);
    }

    [Fact]
    public async Task Original_MergeByImport_IsOnePersonAndBySecondTokenlessTrackItIsNot()
    {
        await using var server = await IdentityServer.StartAsync("original", Stop);
        await server.ImportAsync(Stop, Event("Buy", "a", "1"), Event("Buy", "b", "2"), Event("Buy", "c", "3"));

        await server.ImportAsync(Stop, new { @event = "$merge", properties = new Dictionary<string, object> { ["$distinct_ids"] = new[] { "b", "a" } } });
        using var tracked = await server.Admin.PostAsJsonAsync("track", new[]
        {
            new { @event = "$merge", properties = new Dictionary<string, object> { ["$distinct_ids"] = new[] { "a", "c" }, ["token"] = server.Token } },
        }, Stop);

        (await MembersAsync(server, "Buy")).ShouldBe(["a", "c"]);
    }

    [Fact]
    public async Task Original_MergeOfThreeIds_IsRefusedAsARecord()
    {
        await using var server = await IdentityServer.StartAsync("original", Stop);

        using var answer = await server.Admin.PostAsJsonAsync($"import?strict=1&project_id={server.ProjectId}", new[]
        {
            new { @event = "$merge", properties = new Dictionary<string, object> { ["$distinct_ids"] = new[] { "a", "b", "c" } } },
        }, Stop);

        ((int)answer.StatusCode).ShouldBe(400);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain("properties.$distinct_ids");
    }

    [Fact]
    public async Task Simplified_FirstEventWithBothIds_MovesTheDevicesEvents()
    {
        await using var server = await IdentityServer.StartAsync("simplified", Stop);
        await server.ImportAsync(Stop, Event("Buy", "$device:d", "1"));

        await server.ImportAsync(Stop, Event("View", "sent", "2", ("$device_id", "d"), ("$user_id", "ann")));
        await server.ImportAsync(Stop, Event("View", "sent", "3", ("$device_id", "d"), ("$user_id", "bob")));

        (await MembersAsync(server, "Buy")).ShouldBe(["ann"]);
        (await MembersAsync(server, "View")).ShouldBe(["ann", "bob"]);
        server.Rows("SELECT json_extract_string(properties, '/$device_id') FROM event ORDER BY insert_id").ShouldBe(["d", "d", "d"]);
        var refused = await server.Admin.GetFromJsonAsync<JsonElement>($"api/v1/projects/{server.ProjectId}/refused-merges", Stop);
        var one = refused.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        one.GetProperty("reason").GetString().ShouldBe("errDeviceIdAssignedAlready");
        one.GetProperty("ids").EnumerateArray().Select(i => i.GetString()).ShouldBe(["$device:d", "bob"]);
    }

    private static object Event(string name, string who, string id, params (string Name, string Value)[] more)
    {
        var properties = new Dictionary<string, object> { ["time"] = 1772366400, ["distinct_id"] = who, ["$insert_id"] = id };
        foreach (var (key, value) in more)
        {
            properties[key] = value;
        }

        return new { @event = name, properties };
    }

    private static async Task<List<string>> MembersAsync(IdentityServer server, string name)
    {
        using var answer = await server.Admin.PostAsJsonAsync(
            $"api/v1/projects/{server.ProjectId}/cohorts/preview", new { definition = new { @event = name } }, Stop);
        var preview = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        return [.. preview.GetProperty("sample").EnumerateArray().Select(m => m.GetProperty("distinctId").GetString()!).Order(StringComparer.Ordinal)];
    }
}
