using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Muster.Cohorts;
using Muster.Control;
using Muster.Tests.Unit.Cohorts.Compilation;
using Muster.Warehouse;
using Muster.Warehouse.DuckDb;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Cohorts;

public sealed class CohortApiTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 21, 36, 1, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("muster-cohorts-").FullName;
    private readonly FakeTimeProvider _clock = new(Now);
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private WebApplication _app = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddRouting().AddSingleton<TimeProvider>(_clock);
        builder.Services.AddControl(new ControlOptions { DataDir = _folder, AdminToken = "the-admin-token-of-this-test" });
        builder.Services.AddWarehouse(new WarehouseOptions { DataDir = _folder }).AddCohorts();
        _app = builder.Build();
        _app.UseAuthentication();
        _app.UseAuthorization();
        var api = _app.MapGroup("/api/v1");
        api.MapControl();
        api.MapCohorts();
        await _app.Services.MigrateControlAsync(CancellationToken.None);
        await _app.StartAsync();
        _http = Client("the-admin-token-of-this-test");

        (await PostAsync("projects", new { name = "shop" })).GetProperty("id").GetInt32().ShouldBe(1);
        (await PostAsync("projects", new { name = "other" })).GetProperty("id").GetInt32().ShouldBe(2);
        using var connection = _app.Services.GetRequiredService<DuckDbStore>().Open();
        new World(Now, "UTC",
            [
                new Person(1, 1, "ann", """{"$email":"ann@example.com","plan":"pro"}"""),
                new Person(2, 2, "bob", """{"plan":"free"}"""),
                new Person(3, 3, "c, \"d\"", null),
            ],
            [new Happening(1, "Buy", Now.UtcDateTime.AddDays(-1), "{}"), new Happening(3, "Buy", Now.UtcDateTime.AddDays(-8), "{}")])
            .Write(connection, 1, 0);
        DuckDbStore.Execute(connection, "UPDATE profile SET email = 'ann@example.com', first_name = 'Ann' WHERE user_id = 1");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Create_Valid_IsStoredAsSentAndCounted()
    {
        var definition = JsonElement.Parse("""{"event":"Buy","window":{"last":{"n":7.0,"unit":"day"}}}""");

        var made = await PostAsync("projects/1/cohorts", new { name = "Buyers", description = "bought this week", definition });

        made.GetProperty("name").GetString().ShouldBe("Buyers");
        made.GetProperty("definition").GetRawText().ShouldBe(definition.GetRawText());
        made.GetProperty("count").GetInt64().ShouldBe(1);
        made.GetProperty("countedAt").GetString().ShouldBe("2026-11-23T21:36:01.000Z");
        var id = made.GetProperty("id").GetInt32();
        (await GetAsync($"cohorts/{id}")).GetRawText().ShouldBe(made.GetRawText());
        (await GetAsync("projects/1/cohorts")).GetProperty("items")[0].GetProperty("id").GetInt32().ShouldBe(id);
        (await GetAsync("projects/2/cohorts")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Create_Faulty_NamesEveryFault()
    {
        var problem = await SendAsync(
            HttpMethod.Post, "projects/1/cohorts", HttpStatusCode.UnprocessableEntity,
            new { definition = JsonElement.Parse("""{"all":[{"cohort":99},{"profile":"a"}]}"""), colour = 1 });

        problem.GetProperty("code").GetString().ShouldBe("invalid");
        problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("path").GetString())
            .ShouldBe(["/name", "/definition/all/0/cohort", "/definition/all/1", "/colour"], ignoreOrder: true);
    }

    [Fact]
    public async Task Change_ToACycle_IsAFaultThatNamesIt()
    {
        var first = await MakeAsync("""{"event":"Buy"}""");
        var second = await MakeAsync($$$"""{"not":{"cohort":{{{first}}}}}""");

        var problem = await SendAsync(
            HttpMethod.Patch, $"cohorts/{first}", HttpStatusCode.UnprocessableEntity,
            new { definition = JsonElement.Parse($$"""{"any":[{"cohort":{{second}}}]}""") });

        var error = problem.GetProperty("errors")[0];
        error.GetProperty("path").GetString().ShouldBe("/definition/any/0/cohort");
        error.GetProperty("message").GetString().ShouldBe($"makes a cycle: {first} refers to {second} refers to {first}");
    }

    [Fact]
    public async Task Change_Definition_CountsAgainAndKeepsTheRest()
    {
        var id = await MakeAsync("""{"event":"Buy"}""");
        _clock.Advance(TimeSpan.FromHours(1));

        var changed = await SendAsync(
            HttpMethod.Patch, $"cohorts/{id}", HttpStatusCode.OK, new { definition = JsonElement.Parse("""{"profile":"plan","isSet":true}""") });

        changed.GetProperty("name").GetString().ShouldBe("cohort");
        changed.GetProperty("updatedAt").GetString().ShouldBe("2026-11-23T22:36:01.000Z");
        (await PostAsync($"cohorts/{id}/count", new { })).GetRawText().ShouldBe("""{"count":2,"countedAt":"2026-11-23T22:36:01.000Z"}""");
        (await GetAsync($"cohorts/{id}/history")).EnumerateArray().Select(h => h.GetProperty("count").GetInt64()).ShouldBe([2, 2, 2]);
    }

    [Fact]
    public async Task Delete_WhatIsUsed_IsAConflictThatNamesTheUser()
    {
        var used = await MakeAsync("""{"event":"Buy"}""");
        var user = await MakeAsync($$"""{"cohort":{{used}}}""", "Everyone who buys");
        await using (var scope = _app.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<ControlDb>();
            db.Syncs.Add(new Muster.Control.Sync
            {
                ProjectId = 1,
                CohortId = user,
                ConnectionId = 1,
                Type = SyncType.Dynamic,
                IntervalSeconds = 900,
                Status = SyncStatus.Active,
                ListName = "mixpanel_Everyone who buys_2",
                CreatedAt = Now,
                CreatedBy = "test",
            });
            await db.SaveChangesAsync(Stop);
        }

        (await SendAsync(HttpMethod.Delete, $"cohorts/{used}", HttpStatusCode.Conflict)).GetProperty("detail").GetString()!.ShouldContain("\"Everyone who buys\" (cohort 2)");
        (await SendAsync(HttpMethod.Delete, $"cohorts/{user}", HttpStatusCode.Conflict)).GetProperty("detail").GetString()!.ShouldContain("mixpanel_Everyone who buys_2");

        await using (var scope = _app.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<ControlDb>().Syncs.ExecuteUpdateAsync(s => s.SetProperty(x => x.DeletedAt, Now), Stop);
        }

        await SendAsync(HttpMethod.Delete, $"cohorts/{user}", HttpStatusCode.NoContent);
        await SendAsync(HttpMethod.Delete, $"cohorts/{used}", HttpStatusCode.NoContent);
        (await SendAsync(HttpMethod.Get, $"cohorts/{used}/history", HttpStatusCode.NotFound)).GetProperty("detail").GetString()!.ShouldContain("cohort");
    }

    [Fact]
    public async Task Members_PagedAndAsCsv_AreTheSame()
    {
        var id = await MakeAsync("""{"event":"Buy"}""");

        var first = await GetAsync($"cohorts/{id}/members?limit=1");
        first.GetProperty("items")[0].GetRawText()
            .ShouldBe("""{"distinctId":"ann","email":"ann@example.com","iterableUserId":null,"firstName":"Ann","lastName":null}""");
        var second = await GetAsync($"cohorts/{id}/members?limit=1&cursor={first.GetProperty("nextCursor").GetString()}");
        second.GetProperty("items")[0].GetProperty("distinctId").GetString().ShouldBe("c, \"d\"");
        second.GetProperty("nextCursor").ValueKind.ShouldBe(JsonValueKind.Null);

        var csv = await _http.GetStringAsync($"cohorts/{id}/members.csv", Stop);
        var lines = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldBe("distinct_id,email,iterable_user_id,first_name,last_name");
        lines[1..].ShouldBe(["ann,ann@example.com,,Ann,", "\"c, \"\"d\"\"\",,,,"], ignoreOrder: true);
    }

    [Fact]
    public async Task Members_ForConsumers_AreMasked()
    {
        var id = await MakeAsync("""{"event":"Buy"}""");
        var token = (await PostAsync("tokens", new { name = "reader", role = "consumer", projectId = 1 })).GetProperty("token").GetString()!;
        using var consumer = Client(token);

        (await SendAsync(HttpMethod.Get, $"cohorts/{id}/members", HttpStatusCode.OK, http: consumer)).GetProperty("items")[0].GetProperty("email").ValueKind.ShouldBe(JsonValueKind.Null);
        (await consumer.GetStringAsync($"cohorts/{id}/members.csv", Stop)).ShouldNotContain("example.com");
        await SendAsync(HttpMethod.Post, $"cohorts/{id}/count", HttpStatusCode.Forbidden, http: consumer);
        await SendAsync(HttpMethod.Get, "projects/2/cohorts", HttpStatusCode.NotFound, http: consumer);
    }

    [Fact]
    public async Task Preview_Definition_CountsWithoutSaving()
    {
        var preview = await PostAsync("projects/1/cohorts/preview", new { definition = JsonElement.Parse("""{"not":{"profile":"plan","is":["pro"]}}""") });

        preview.GetProperty("count").GetInt64().ShouldBe(2);
        preview.GetProperty("sample").EnumerateArray().Select(m => m.GetProperty("distinctId").GetString()).ShouldBe(["bob", "c, \"d\""]);
        (await GetAsync("projects/1/cohorts")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("text/csv", "distinct_id,name\r\nann,Ann\r\n\"c, \"\"d\"\"\",x\r\nstranger,\r\nann,again\r\n", 2)]
    [InlineData("text/plain; charset=utf-8", "\ufeffann\r\n\r\nc, \"d\"\n", 2)]
    [InlineData("text/plain", " ann \t\r\n bob", 2)]
    [InlineData("text/csv", "stranger", 0)]
    public async Task Upload_Ids_MembersAreThoseWhoExist(string type, string body, int members)
    {
        var made = await UploadAsync(type, Encoding.UTF8.GetBytes(body), HttpStatusCode.Created);

        var id = made.GetProperty("id").GetInt32();
        made.GetProperty("definition").ValueKind.ShouldBe(JsonValueKind.Null);
        made.GetProperty("count").GetInt32().ShouldBe(members);
        (await GetAsync($"cohorts/{id}/members")).GetProperty("items").GetArrayLength().ShouldBe(members);

        var copy = (await SendAsync(HttpMethod.Post, $"cohorts/{id}/duplicate", HttpStatusCode.Created)).GetProperty("id").GetInt32();
        await SendAsync(HttpMethod.Delete, $"cohorts/{id}", HttpStatusCode.NoContent);
        (await PostAsync($"cohorts/{copy}/count", new { })).GetProperty("count").GetInt32().ShouldBe(members);
        (await PostAsync("projects/1/cohorts/preview", new { definition = JsonElement.Parse($$$"""{"not":{"cohort":{{{copy}}}}}""") }))
            .GetProperty("count").GetInt32().ShouldBe(3 - members);
    }

    [Fact]
    public async Task Upload_UnknownId_IsAMemberOnceItsPersonAppears()
    {
        var id = (await UploadAsync("text/plain", "dora"u8.ToArray(), HttpStatusCode.Created)).GetProperty("id").GetInt32();
        using (var connection = _app.Services.GetRequiredService<DuckDbStore>().Open())
        {
            DuckDbStore.Execute(connection, "INSERT INTO identity VALUES (4, 1, 'dora')");
        }

        (await GetAsync($"cohorts/{id}/members")).GetProperty("items")[0].GetProperty("distinctId").GetString().ShouldBe("dora");
        await SendAsync(
            HttpMethod.Patch, $"cohorts/{id}", HttpStatusCode.UnprocessableEntity, new { definition = JsonElement.Parse("""{"event":"Buy"}""") });
    }

    [Theory]
    [InlineData("text/plain", "\n\n")]
    [InlineData("text/csv", "distinct_id\n")]
    [InlineData("application/json", "[]", HttpStatusCode.UnsupportedMediaType)]
    public async Task Upload_WithoutIds_IsRefusedAndLeavesNothing(string type, string body, HttpStatusCode status = HttpStatusCode.UnprocessableEntity)
    {
        await UploadAsync(type, Encoding.UTF8.GetBytes(body), status);

        (await GetAsync("projects/1/cohorts")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Upload_NotUtf8_IsRefusedAndLeavesNothing()
    {
        await UploadAsync("text/plain", [(byte)'a', (byte)'\n', 0xff, 0xfe, 0xfd], HttpStatusCode.UnprocessableEntity);

        (await GetAsync("projects/1/cohorts")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Properties_PromotedAndTakenBack_AreListed()
    {
        var made = await SendAsync(HttpMethod.Post, "projects/1/properties", HttpStatusCode.Created, new { of = "profile", name = "plan" });
        made.GetProperty("status").GetString().ShouldBe("filling");
        var number = made.GetProperty("number").GetInt32();
        await SendAsync(HttpMethod.Delete, $"projects/2/properties/{number}", HttpStatusCode.NotFound);

        await SendAsync(HttpMethod.Delete, $"projects/1/properties/{number}", HttpStatusCode.NoContent);

        var listed = (await GetAsync("projects/1/properties")).GetProperty("items")[0];
        (listed.GetProperty("of").GetString(), listed.GetProperty("name").GetString(), listed.GetProperty("status").GetString(), listed.GetProperty("reason").GetString())
            .ShouldBe(("profile", "plan", "taken_back", "asked for"));
        (await GetAsync("projects/2/properties")).GetProperty("items").GetArrayLength().ShouldBe(0);
        var problem = await SendAsync(HttpMethod.Post, "projects/1/properties", HttpStatusCode.UnprocessableEntity, new { of = "group" });
        problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("path").GetString()).ShouldBe(["/of", "/name"], ignoreOrder: true);
    }

    private HttpClient Client(string token)
    {
        var http = new HttpClient { BaseAddress = new Uri($"{_app.Urls.Single()}/api/v1/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    private async Task<int> MakeAsync(string definition, string name = "cohort") =>
        (await PostAsync("projects/1/cohorts", new { name, definition = JsonElement.Parse(definition) })).GetProperty("id").GetInt32();

    private Task<JsonElement> GetAsync(string path) => SendAsync(HttpMethod.Get, path, HttpStatusCode.OK);

    private Task<JsonElement> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, path, null, body);

    private async Task<JsonElement> UploadAsync(string type, byte[] body, HttpStatusCode expected)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return await SendAsync(HttpMethod.Post, "projects/1/cohorts/upload?name=list", expected, content);
    }

    private async Task<JsonElement> SendAsync(
        HttpMethod method, string path, HttpStatusCode? expected, object? body = null, HttpClient? http = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : body as HttpContent ?? JsonContent.Create(body) };
        using var answer = await (http ?? _http).SendAsync(request, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        (expected is null ? answer.IsSuccessStatusCode : answer.StatusCode == expected).ShouldBeTrue($"{(int)answer.StatusCode} {text}");
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }
}
