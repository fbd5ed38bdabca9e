using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Muster.Identity.Privacy;
using Muster.Warehouse.DuckDb;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Identity;

public sealed class PrivacyTests
{
    private const string Anon = "5f0c1e4e-0b5a-4c3e-9d2a-1b2c3d4e5f60";
    private const string Address = "ann@secret.example";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Delete_SomeoneWithEverything_NoTableHasAnythingOfThem()
    {
        await using var server = await AnnAsync();
        server.TablesWith("ann").ShouldBe(["cohort_upload", "event", "identity", "profile", "receipt", "refusal", "ledger", "ledger_past"], ignoreOrder: true);

        using var answer = await server.Admin.DeleteAsync($"api/v1/projects/{server.ProjectId}/users/{Anon}", Stop);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).ToString().ShouldBe("""{"ids":2,"events":2,"profile":true}""");
        server.TablesWith("ann").ShouldBeEmpty();
        server.Rows("SELECT count(*) FROM refused_merge").ShouldBe(["0"]);
        server.TablesWith(Anon).ShouldBe(["event"]); // bob's own refused $identify named it
        server.Rows("SELECT distinct_id FROM identity").ShouldBe(["bob"]);
        using var again = await server.Admin.DeleteAsync($"api/v1/projects/{server.ProjectId}/users/{Anon}", Stop);
        again.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Export_SomeoneWithEverything_HasAllOfIt()
    {
        await using var server = await AnnAsync();

        var export = await server.Admin.GetFromJsonAsync<JsonElement>($"api/v1/projects/{server.ProjectId}/users/{Anon}/export", Stop);

        export.GetProperty("distinctId").GetString().ShouldBe("ann");
        export.GetProperty("distinctIds").EnumerateArray().Select(i => i.GetString()).ShouldBe(["ann", Anon]);
        export.GetProperty("profile").GetProperty("$email").GetString().ShouldBe(Address);
        export.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("event").GetString()).ShouldBe(["Buy", "$identify"], ignoreOrder: true);
        export.GetProperty("refusedMerges").GetArrayLength().ShouldBe(1);
        export.GetProperty("uploadedCohorts").GetArrayLength().ShouldBe(1);
        export.GetProperty("lists").GetArrayLength().ShouldBe(1);
        export.GetProperty("receipts").GetArrayLength().ShouldBe(1);
    }

    [Theory]
    [InlineData("analyst", HttpStatusCode.Forbidden)]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    public async Task Delete_ByLessThanAnAdmin_IsRefused(string? role, HttpStatusCode status)
    {
        await using var server = await IdentityServer.StartAsync("original", Stop);
        using var client = server.Client(role is null ? null : await TokenAsync(server, role));

        using var rest = await client.DeleteAsync($"api/v1/projects/{server.ProjectId}/users/ann", Stop);
        using var mixpanel = await client.PostAsJsonAsync($"api/app/data-deletions/v3.0?token={server.Token}", new { distinct_ids = new[] { "ann" } }, Stop);

        rest.StatusCode.ShouldBe(status);
        mixpanel.StatusCode.ShouldBe(status);
        (await mixpanel.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("status").GetString().ShouldBe("error");
    }

    [Fact]
    public async Task DataDeletion_IsCarriedOutAndForgetsTheIds()
    {
        await using var server = await AnnAsync();
        var request = await CreateAsync(server, "data-deletions", "ann", "nobody");
        request.GetProperty("status").GetString().ShouldBe("PENDING");
        request.GetProperty("distinct_id_count").GetInt32().ShouldBe(2);

        var done = await UntilAsync(server, request, "SUCCESS");

        done.GetProperty("distinct_ids").GetArrayLength().ShouldBe(0);
        done.GetProperty("compliance_type").GetString().ShouldBe("gdpr");
        server.TablesWith("ann").ShouldBeEmpty();
        server.TablesWith("nobody").ShouldBeEmpty();
        using var late = await server.Admin.DeleteAsync(Path(server, "data-deletions", request), Stop);
        late.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task DataDeletion_RevokedBeforeItsStart_DeletesNobody()
    {
        await using var server = await AnnAsync();
        var request = await CreateAsync(server, "data-deletions/", "ann");

        using var revoked = await server.Admin.DeleteAsync(Path(server, "data-deletions", request), Stop);

        revoked.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await UntilAsync(server, request, "REVOKED")).GetProperty("status").GetString().ShouldBe("REVOKED");
        server.Rows("SELECT count(*) FROM profile").ShouldBe(["1"]);
    }

    [Fact]
    public async Task DataRetrieval_LinksToALineForEachPerson()
    {
        await using var server = await AnnAsync();
        var request = await CreateAsync(server, "data-retrievals", "ann", "bob");

        var found = (await server.Admin.GetFromJsonAsync<JsonElement>(Path(server, "data-retrievals", request), Stop)).GetProperty("results");

        found.GetProperty("status").GetString().ShouldBe("SUCCESS");
        var lines = (await server.Admin.GetStringAsync(found.GetProperty("results").GetString()!, Stop)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("distinctId").GetString()).ShouldBe(["ann", "bob"]);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("""{"distinct_ids":[]}""")]
    [InlineData("""{"distinct_ids":["a"],"compliance_type":"other"}""")]
    public async Task DataDeletion_OfNothing_IsRefused(string body)
    {
        await using var server = await IdentityServer.StartAsync("original", Stop);

        using var answer = await server.Admin.PostAsync(
            $"api/app/data-deletions/v3.0?token={server.Token}", new StringContent(body, Encoding.UTF8, "application/json"), Stop);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    // Ann has two ids, a profile, events, a refused merge, an upload, and what a run of a sync that is gone kept of her.
    private static async Task<IdentityServer> AnnAsync()
    {
        var server = await IdentityServer.StartAsync("original", Stop);
        await server.ImportAsync(
            Stop,
            new { @event = "Buy", properties = new Dictionary<string, object> { ["time"] = 1772366400, ["distinct_id"] = Anon, ["$insert_id"] = "1" } },
            Identify("ann"), Identify("bob"));
        await server.EngageAsync("ann", new Dictionary<string, string> { ["$email"] = Address }, Stop);
        using var upload = await server.Admin.PostAsync(
            $"api/v1/projects/{server.ProjectId}/cohorts/upload?name=up", new StringContent("ann\nbob", Encoding.UTF8, "text/plain"), Stop);
        upload.StatusCode.ShouldBe(HttpStatusCode.Created);
        using var connection = server.Store.Open();
        connection.Execute("INSERT INTO plan VALUES (1, 7, 1, '{}', NULL, '', true)");
        connection.Execute("INSERT INTO receipt SELECT 1, 1, 'add', NULL, user_id, 1, $email, NULL FROM identity WHERE distinct_id = 'ann'", ("email", Address));
        connection.Execute("INSERT INTO ledger SELECT 7, 1, 1, user_id, $email, NULL, 1, true FROM identity WHERE distinct_id = 'ann'", ("email", Address));
        connection.Execute("INSERT INTO ledger_past SELECT 7, 1, 2, user_id, $email, NULL, 1, 2 FROM identity WHERE distinct_id = 'ann'", ("email", Address));
        connection.Execute("INSERT INTO refusal VALUES (1, 7, 'conflict', $email, NULL, '2026-03-01')", ("email", Address));
        return server;
    }

    private static object Identify(string who) =>
        new { @event = "$identify", properties = new Dictionary<string, object> { ["$identified_id"] = who, ["$anon_id"] = Anon } };

    private static async Task<string> TokenAsync(IdentityServer server, string role)
    {
        using var response = await server.Admin.PostAsJsonAsync("api/v1/tokens", new { name = role, role }, Stop);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("token").GetString()!;
    }

    private static async Task<JsonElement> CreateAsync(IdentityServer server, string kind, params string[] ids)
    {
        var path = kind.TrimEnd('/') == kind ? $"api/app/{kind}/v3.0" : $"api/app/{kind}v3.0/";
        using var answer = await server.Admin.PostAsJsonAsync($"{path}?token={server.Token}", new { distinct_ids = ids, compliance_type = "GDPR" }, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("results").EnumerateArray().Single().Clone();
    }

    private static string Path(IdentityServer server, string kind, JsonElement request) =>
        $"api/app/{kind}/v3.0/{request.GetProperty("tracking_id").GetString()}?token={server.Token}";

    // The worker is waited for by asking; the clock is what sets it off.
    private static async Task<JsonElement> UntilAsync(IdentityServer server, JsonElement request, string status)
    {
        while (true)
        {
            server.Clock.Advance(DeletionWorker.Interval);
            var answer = await server.Admin.GetFromJsonAsync<JsonElement>(Path(server, "data-deletions", request), Stop);
            if (answer.GetProperty("results").GetProperty("status").GetString() == status)
            {
                return answer.GetProperty("results");
            }
        }
    }
}
