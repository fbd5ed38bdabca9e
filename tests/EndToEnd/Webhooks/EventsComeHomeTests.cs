using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Muster.Sandbox;
using Shouldly;
using Xunit;

namespace Muster.Tests.EndToEnd.Webhooks;

/// <summary>What Iterable reports is an ordinary event: in cohorts, at the person, in exports, in what is counted.</summary>
public sealed class EventsComeHomeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Webhook_Stored_IsAnOrdinaryEventEverywhere()
    {
        await using var sandbox = await IterableSandbox.StartAsync(new SandboxOptions { Urls = "http://127.0.0.1:0" }, cancellationToken: Token);
        await using var muster = await MusterProcess.StartAsync(new Dictionary<string, string> { ["MUSTER_ITERABLE_US_URL"] = sandbox.Address.ToString() });
        var project = await PostAsync(muster, "/api/v1/projects", """{"name":"Shop","timezone":"Europe/Berlin"}""");
        var connection = await PostAsync(
            muster, "/api/v1/projects/1/connections", $$"""{"type":"iterable","name":"main","apiKey":"{{new SandboxOptions().Keys[0]}}","dataCenter":"us"}""");
        var token = project.GetProperty("token").GetString();
        await PostAsync(muster, "/engage?verbose=1", "[" + string.Join(',', new[] { "ada", "ben", "cleo", "dora" }.Select(
            id => $$$"""{"$token":"{{{token}}}","$distinct_id":"{{{id}}}","$set":{"$email":"{{{id}}}@x.example"}}""")) + "]");

        // Ada opened, Ben only received, Cleo opened long ago, Dora is not known to Iterable.
        var now = TimeProvider.System.GetUtcNow();
        var answer = await HookAsync(muster, connection, [
            Event("emailSend", "ada", now.AddDays(-3), 1), Event("emailOpen", "ada", now.AddDays(-2), 1),
            Event("emailSend", "ben", now.AddDays(-3), 2),
            Event("emailSend", "cleo", now.AddDays(-50), 3), Event("emailOpen", "cleo", now.AddDays(-49), 3)]);
        answer.GetProperty("stored").GetInt32().ShouldBe(5);
        answer.GetProperty("unresolved").GetInt32().ShouldBe(0);

        const string Opened = """{"event":"emailOpen","window":{"last":{"n":30,"unit":"day"}}}""";
        const string Received = """{"event":"emailSend","window":{"last":{"n":30,"unit":"day"}}}""";
        (await MembersAsync(muster, Opened)).ShouldBe(["ada"]);
        (await MembersAsync(muster, $$"""{"all":[{{Received}},{"not":{{Opened}}}]}""")).ShouldBe(["ben"]);
        (await MembersAsync(muster, """{"event":"emailSend","where":[{"property":"campaignId","is":[59667]},{"property":"$source","is":["iterable"]}]}""")).ShouldBe(["ada", "ben", "cleo"]);
        (await MembersAsync(muster, """{"sequence":[{"event":"emailSend"},{"event":"emailOpen"}],"within":{"n":2,"unit":"day"}}""")).ShouldBe(["ada", "cleo"]);

        var ada = await GetAsync(muster, "/api/v1/projects/1/users/ada");
        ada.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("event").GetString()).ShouldBe(["emailOpen", "emailSend"]);
        var latest = await GetAsync(muster, "/api/v1/projects/1/events?source=iterable&event=emailOpen&limit=1");
        latest.GetProperty("items")[0].GetProperty("distinctId").GetString().ShouldBe("ada");

        var exported = await ExportAsync(muster, project, now);
        exported.Count.ShouldBe(5);
        var open = exported.Single(e => e.GetProperty("event").GetString() == "emailOpen" && e.GetProperty("properties").GetProperty("distinct_id").GetString() == "ada")
            .GetProperty("properties");
        open.GetProperty("$source").GetString().ShouldBe("iterable");
        open.GetProperty("campaignId").GetInt32().ShouldBe(59667);
        open.GetProperty("labels")[0].GetString().ShouldBe("sale");
        open.GetProperty("$insert_id").GetString()!.Length.ShouldBe(36);

        var usage = await muster.RunAsync("usage", "mtu", "--from", now.AddDays(-60).ToString("yyyy-MM", CultureInfo.InvariantCulture), "--csv");
        usage.Status.ShouldBe(0, usage.Error);
        usage.Output.ShouldStartWith("month,mtu,users,qualifying_events,exempt_events,exempt_users_saved,guardrail");
        var byEvent = await muster.RunAsync("usage", "mtu", "--from", now.AddDays(-60).ToString("yyyy-MM", CultureInfo.InvariantCulture), "--json");
        JsonElement.Parse(byEvent.Output).EnumerateArray().Sum(m => m.GetProperty("qualifyingEvents").GetInt64()).ShouldBe(2);
        JsonElement.Parse(byEvent.Output).EnumerateArray().Sum(m => m.GetProperty("exemptEvents").GetInt64()).ShouldBe(3);
        var check = await muster.RunAsync("connection", "webhook", "1");
        check.Status.ShouldBe(0, check.Error);
        check.Output.ShouldContain("missing");
        check.Output.ShouldContain("/hooks/iterable/1");
        muster.Log.ShouldNotContain("@x.example");
    }

    private static string Event(string name, string person, DateTimeOffset at, int message) => $$$"""
        {"email":"{{{person}}}@X.example","eventName":"{{{name}}}","dataFields":{"campaignId":59667,"campaignName":"Sale","labels":["sale"],"messageId":"m{{{message}}}",
         "createdAt":"{{{at.ToString("yyyy-MM-dd HH:mm:ss +00:00", CultureInfo.InvariantCulture)}}}"}}
        """;

    private static async Task<List<string>> MembersAsync(MusterProcess muster, string definition)
    {
        var cohort = await PostAsync(muster, "/api/v1/projects/1/cohorts", $$"""{"name":"c","definition":{{definition}}}""");
        var members = await GetAsync(muster, $"/api/v1/cohorts/{cohort.GetProperty("id").GetInt32()}/members");
        return [.. members.GetProperty("items").EnumerateArray().Select(m => m.GetProperty("distinctId").GetString()!).Order(StringComparer.Ordinal)];
    }

    private static async Task<List<JsonElement>> ExportAsync(MusterProcess muster, JsonElement project, DateTimeOffset now)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(string.Create(
            CultureInfo.InvariantCulture, $"/api/2.0/export?from_date={now.AddDays(-60):yyyy-MM-dd}&to_date={now.AddDays(1):yyyy-MM-dd}"), UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(project.GetProperty("apiSecret").GetString() + ":")));
        using var client = new HttpClient { BaseAddress = muster.Address };
        using var answer = await client.SendAsync(request, Token);
        var text = await answer.Content.ReadAsStringAsync(Token);
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }

    private static async Task<JsonElement> HookAsync(MusterProcess muster, JsonElement connection, IEnumerable<string> events)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(connection.GetProperty("webhook").GetProperty("url").GetString()!));
        request.Headers.TryAddWithoutValidation("Authorization", connection.GetProperty("webhook").GetProperty("authorization").GetString());
        request.Content = new StringContent($"[{string.Join(',', events)}]", Encoding.UTF8, "application/json");
        using var client = new HttpClient();
        using var answer = await client.SendAsync(request, Token);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
    }

    private static Task<JsonElement> GetAsync(MusterProcess muster, string path) =>
        muster.Http.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative), Token);

    private static async Task<JsonElement> PostAsync(MusterProcess muster, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await muster.Http.PostAsync(new Uri(path, UriKind.Relative), content, Token);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(Token));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
    }
}
