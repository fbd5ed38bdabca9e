using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Muster.Cohorts;
using Muster.Control;
using Muster.Syncs;
using Muster.Syncs.Delivery;
using Muster.Syncs.Runs;
using Muster.Tests.Unit.Iterable;
using Muster.Warehouse;
using Muster.Warehouse.DuckDb;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Syncs.People;

/// <summary>People over REST: found, shown, and why each is or is not on a list.</summary>
public sealed class UserEndpointsTests : IAsyncLifetime
{
    private const string AdminToken = "the-admin-token-of-this-test";

    private readonly string _folder = Directory.CreateTempSubdirectory("muster-users-").FullName;
    private readonly FakeIterable _iterable = new(ProjectType.Email);
    private WebApplication _app = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(new JumpClock());
        builder.Services.AddControl(new ControlOptions { DataDir = _folder, AdminToken = AdminToken });
        builder.Services.AddWarehouse(new WarehouseOptions { DataDir = _folder }).AddCohorts();
        builder.Services.AddSyncs(new SyncOptions()).AddSingleton<IListDestinations>(_iterable).AddSingleton<ISyncSchedule, NoSchedule>();
        // On a clock on which waiting takes no time they would never pause.
        foreach (var hosted in builder.Services.Where(s => s.ServiceType == typeof(IHostedService) && s.ImplementationType?.Namespace?.StartsWith("Muster", StringComparison.Ordinal) == true).ToList())
        {
            builder.Services.Remove(hosted);
        }

        _app = builder.Build();
        _app.UseAuthentication();
        _app.UseAuthorization();
        _app.MapGroup("/api/v1").MapControl().MapSyncs();
        await _app.Services.MigrateControlAsync(CancellationToken.None);
        await _app.StartAsync();
        await SeedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("Dan@X", "dan")]
    [InlineData("IT-1", "ana")]
    [InlineData("lopez", "ana")]
    [InlineData("eVe", "eve")]
    [InlineData("device-7", "ana")]
    public async Task Search_Text_FindsThePerson(string q, string distinctId)
    {
        var found = await GetAsync($"projects/1/users?q={Uri.EscapeDataString(q)}");

        found.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("distinctId").GetString().ShouldBe(distinctId);
    }

    [Fact]
    public async Task Search_Pages_ShowEveryPersonOnce()
    {
        var ids = new List<string>();
        string? cursor = null;
        do
        {
            var page = await GetAsync($"projects/1/users?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(u => u.GetProperty("distinctId").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        ids.ShouldBe(["ana", "bob", "cid", "dan", "eve"]);
    }

    [Fact]
    public async Task Get_AnyIdOfTheCluster_ShowsTheWholePerson()
    {
        await RunAsync();

        var user = await GetAsync($"projects/1/users/{Uri.EscapeDataString("$device:device-7")}");

        user.GetProperty("distinctId").GetString().ShouldBe("ana");
        user.GetProperty("ids").EnumerateArray().Select(i => i.GetString()).ShouldBe(["ana", "$device:device-7"]);
        user.GetProperty("profile").GetProperty("email").GetString().ShouldBe("ana@x.io");
        user.GetProperty("profile").GetProperty("properties").GetProperty("in").GetBoolean().ShouldBeTrue();
        user.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("event").GetString()).ShouldBe(["Buy", "Visit"]);
        user.GetProperty("cohorts").EnumerateArray().ShouldHaveSingleItem().GetProperty("name").GetString().ShouldBe("In");
    }

    [Theory]
    [InlineData("ana", true, "added", "On the list: in the cohort, and Iterable acknowledged it")]
    [InlineData("bob", false, "skipped", "the profile has no $email")]
    [InlineData("cid", true, "skipped", "On the list through another person")]
    [InlineData("dan", false, null, "Not on the list: they are not in the cohort.")]
    [InlineData("eve", false, "rejected", "Iterable refused them in run")]
    public async Task Get_AfterARun_SaysWhy(string distinctId, bool onList, string? outcome, string why)
    {
        await RunAsync();

        var list = await ListOfAsync(distinctId);

        list.GetProperty("onList").GetBoolean().ShouldBe(onList);
        (list.GetProperty("receipt") is { ValueKind: JsonValueKind.Object } receipt ? receipt.GetProperty("outcome").GetString() : null).ShouldBe(outcome);
        list.GetProperty("why").GetString()!.ShouldContain(why);
    }

    [Fact]
    public async Task Get_SkippedForTheSameReasonAgain_NamesTheLatestRun()
    {
        await RunAsync();
        var second = await RunAsync();

        (await ListOfAsync("bob")).GetProperty("receipt").GetProperty("runId").GetInt64().ShouldBe(second);
        (await ListOfAsync("ana")).GetProperty("receipt").GetProperty("runId").GetInt64().ShouldBe(second);
    }

    [Fact]
    public async Task Get_CameAndWent_SaysWhatTheNextRunDoes()
    {
        await RunAsync();
        Set("dan", isIn: true);
        Set("ana", isIn: false);
        Set("cid", isIn: false);

        (await ListOfAsync("dan")).GetProperty("why").GetString().ShouldBe("Not on the list yet: no run has planned for them since they came into the cohort. The next run adds them.");
        (await ListOfAsync("ana")).GetProperty("why").GetString().ShouldBe("On the list, but no longer in the cohort. The next run takes them off.");
        var run = await RunAsync();
        (await ListOfAsync("ana")).GetProperty("why").GetString().ShouldBe($"Not on the list: they left the cohort and were taken off in run {run}.");
    }

    [Fact]
    public async Task Get_RunEndedBefore_SaysWhatStoppedIt()
    {
        _iterable.Script.Enqueue(Fate.RateLimited);
        await RunAsync();

        (await ListOfAsync("ana")).GetProperty("why").GetString()!.ShouldContain("ended before Iterable acknowledged it");
    }

    [Fact]
    public async Task Everything_AskedByAConsumer_HidesAddressesNamesAndUserIds()
    {
        var run = await RunAsync();
        var consumer = (await PostAsync("tokens", new { name = "c", role = "consumer" })).GetProperty("token").GetString()!;

        var user = await TextAsync("projects/1/users/ana", consumer);
        var found = await TextAsync("projects/1/users?q=ana", consumer);
        var receipts = await TextAsync($"runs/{run}/receipts", consumer);
        var csv = await TextAsync($"runs/{run}/receipts.csv", consumer);
        var byAddress = await TextAsync("projects/1/users?q=x.io", consumer);
        var receiptsByAddress = await TextAsync($"runs/{run}/receipts?q=x.io", consumer);

        foreach (var text in new[] { user, found, receipts, csv })
        {
            text.ShouldContain("ana");
            text.ShouldNotContain("x.io");
            text.ShouldNotContain("Lopez");
            text.ShouldNotContain("it-1");
        }

        byAddress.ShouldBe("""{"items":[],"nextCursor":null}""");
        receiptsByAddress.ShouldBe("""{"items":[],"nextCursor":null}""");
        (await TextAsync("projects/1/users/ana", AdminToken)).ShouldContain("it-1");
        (await TextAsync($"runs/{run}/receipts.csv", AdminToken)).ShouldContain("ana@x.io");
    }

    [Theory]
    [InlineData("projects/1/users/nobody")]
    [InlineData("projects/2/users")]
    [InlineData("projects/2/users/ana")]
    public async Task Get_NotThere_Is404(string path)
    {
        using var http = Client(AdminToken);
        using var answer = await http.GetAsync(path, Stop);

        ((int)answer.StatusCode).ShouldBe(404);
    }

    private async Task SeedAsync()
    {
        await PostAsync("projects", new { name = "Shop" });
        await using var db = await DbAsync();
        var now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        db.Add(new Cohort { Id = 1, ProjectId = 1, Name = "In", Definition = """{"profile":"in","isTrue":true}""", CreatedAt = now, UpdatedAt = now, CreatedBy = "t" });
        db.Add(new Connection
        {
            Id = 1,
            ProjectId = 1,
            Name = "c",
            Status = ConnectionStatus.Connected,
            DataCenter = DataCenter.Us,
            ProjectType = ProjectType.Email,
            UserIdFallback = UserIdFallback.None,
            ApiKeyHint = "",
            ProtectedWebhookAuthorization = "",
            CreatedAt = now,
            CreatedBy = "t",
        });
        db.Add(new Sync
        {
            Id = 1,
            ProjectId = 1,
            CohortId = 1,
            ConnectionId = 1,
            Type = SyncType.Dynamic,
            IntervalSeconds = 900,
            Status = SyncStatus.Active,
            ListName = "mixpanel_In_1",
            CreatedAt = now,
            CreatedBy = "t",
        });
        await db.SaveChangesAsync(Stop);
        using var connection = Store.Open();
        var people = new (int Id, string Name, string Properties, string? Email, string? UserId, string? Last)[]
        {
            (1, "ana", """{"in":true,"$email":"ana@x.io","$last_name":"Lopez","$iterable_user_id":"it-1","work":"ana@x.io"}""", "ana@x.io", "it-1", "Lopez"),
            (2, "bob", """{"in":true}""", null, null, null),
            (3, "cid", """{"in":true,"$email":"Ana@x.io"}""", "Ana@x.io", null, null),
            (4, "dan", """{"$email":"dan@x.io"}""", "dan@x.io", null, null),
            (5, "eve", """{"in":true,"$email":"eve@x.io"}""", "eve@x.io", null, null),
        };
        foreach (var person in people)
        {
            connection.Execute("INSERT INTO identity VALUES ($id, 1, $name)", ("id", person.Id), ("name", person.Name));
            connection.Execute(
                "INSERT INTO profile (user_id, project_id, properties, email, iterable_user_id, last_name) VALUES ($id, 1, $properties, $email, $iuid, $last)",
                ("id", person.Id), ("properties", person.Properties), ("email", person.Email), ("iuid", person.UserId), ("last", person.Last));
        }

        connection.Execute("INSERT INTO identity VALUES (6, 1, '$device:device-7')");
        connection.Execute("INSERT INTO alias VALUES (6, 1, 1)");
        connection.Execute("INSERT INTO event_name VALUES (1, 1, 'Visit'), (2, 1, 'Buy')");
        connection.Execute("""
            INSERT INTO event (project_id, event_id, user_id, time, insert_id, source, properties, received_at) VALUES
            (1, 1, 6, '2026-02-01 10:00:00', 'e1', NULL, '{"page":"home"}', '2026-02-01 10:00:00'),
            (1, 2, 1, '2026-02-02 10:00:00', 'e2', 'iterable', '{"email":"ana@x.io","userId":"it-1"}', '2026-02-02 10:00:00')
            """);
        _iterable.Refused["eve@x.io"] = RejectionReasons.InvalidData;
    }

    private void Set(string distinctId, bool isIn)
    {
        using var connection = Store.Open();
        connection.Execute(
            "UPDATE profile SET properties = $properties WHERE user_id = (SELECT user_id FROM identity WHERE distinct_id = $name)",
            ("properties", isIn ? """{"in":true}""" : "{}"), ("name", distinctId));
    }

    private async Task<long> RunAsync()
    {
        await using var db = await DbAsync();
        var run = await RunQueue.AddAsync(db, await db.Syncs.SingleAsync(Stop), RunTrigger.Manual, approved: false, _app.Services.GetRequiredService<TimeProvider>(), Stop);
        await _app.Services.GetRequiredService<SyncRunner>().ExecuteAsync(run.Id, Stop);
        return run.Id;
    }

    private async Task<JsonElement> ListOfAsync(string distinctId) =>
        (await GetAsync($"projects/1/users/{distinctId}")).GetProperty("lists").EnumerateArray().ShouldHaveSingleItem();

    private DuckDbStore Store => _app.Services.GetRequiredService<DuckDbStore>();

    private Task<ControlDb> DbAsync() => _app.Services.GetRequiredService<IDbContextFactory<ControlDb>>().CreateDbContextAsync(Stop);

    private async Task<JsonElement> GetAsync(string path) => JsonElement.Parse(await TextAsync(path, AdminToken));

    private async Task<string> TextAsync(string path, string token)
    {
        using var http = Client(token);
        return await http.GetStringAsync(path, Stop);
    }

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        using var http = Client(AdminToken);
        using var answer = await http.PostAsJsonAsync(path, body, Stop);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private HttpClient Client(string token)
    {
        var client = new HttpClient { BaseAddress = new Uri(_app.Urls.First() + "/api/v1/") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>The tests say themselves when a run goes.</summary>
    private sealed class NoSchedule : ISyncSchedule
    {
        public Task EnqueueAsync(Sync sync, long runId, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task PlanAsync(Sync sync, DateTimeOffset firstAt, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<bool> IsPlannedAsync(Sync sync, CancellationToken cancellationToken) => Task.FromResult(true);

        public Task UnplanAsync(Sync sync, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
