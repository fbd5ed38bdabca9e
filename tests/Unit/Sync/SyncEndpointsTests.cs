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
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Syncs;

/// <summary>Syncs over REST: what is refused, and with which numbers.</summary>
public sealed class SyncEndpointsTests : IAsyncLifetime
{
    private const string AdminToken = "the-admin-token-of-this-test";
    private const int MaxDynamic = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("muster-syncs-").FullName;
    private readonly FakeIterable _iterable = new(ProjectType.Email);
    private WebApplication _app = null!;
    private HttpClient _http = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(new JumpClock());
        builder.Services.AddControl(new ControlOptions { DataDir = _folder, AdminToken = AdminToken });
        builder.Services.AddWarehouse(new WarehouseOptions { DataDir = _folder }).AddCohorts();
        builder.Services.AddSyncs(new SyncOptions { MaxDynamic = MaxDynamic }).AddSingleton<IListDestinations>(_iterable).AddSingleton<ISyncSchedule, NoSchedule>();
        // On a clock on which waiting takes no time they would never pause.
        foreach (var hosted in builder.Services.Where(s => s.ServiceType == typeof(IHostedService) && s.ImplementationType?.Namespace?.StartsWith("Muster", StringComparison.Ordinal) == true).ToList())
        {
            builder.Services.Remove(hosted);
        }

        _app = builder.Build();
        _app.UseAuthentication();
        _app.UseAuthorization();
        _app.MapGroup("/api/v1").MapControl().MapCohorts().MapSyncs();
        await _app.Services.MigrateControlAsync(CancellationToken.None);
        await _app.StartAsync();
        _http = new HttpClient { BaseAddress = new Uri(_app.Urls.First() + "/api/v1/") };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
        await PostAsync("projects", new { name = "Shop" });
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ControlDb>>().CreateDbContextAsync(Stop);
        for (var connection = 1; connection <= 2; connection++)
        {
            db.Add(new Connection
            {
                ProjectId = 1,
                Name = "Iterable",
                Status = ConnectionStatus.Connected,
                DataCenter = DataCenter.Us,
                ProjectType = ProjectType.Email,
                UserIdFallback = UserIdFallback.None,
                ApiKeyHint = "",
                ProtectedWebhookAuthorization = "",
                CreatedAt = DateTimeOffset.UnixEpoch,
                CreatedBy = "test",
            });
        }

        await db.SaveChangesAsync(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Post_MoreDynamicSyncsThanAProjectMayHave_IsRefusedWithTheNumber()
    {
        for (var cohort = 1; cohort <= 2; cohort++)
        {
            await PostAsync("projects/1/cohorts", new { name = $"c{cohort}", definition = new { profile = "in", isTrue = true } });
        }

        // The same cohort over two connections is two syncs.
        (await ExportAsync(1, 1, "dynamic")).Status.ShouldBe(201);
        (await ExportAsync(1, 2, "dynamic")).Status.ShouldBe(201);
        (await ExportAsync(2, 1, "dynamic")).Status.ShouldBe(201);

        var (status, body) = await ExportAsync(2, 2, "dynamic");
        status.ShouldBe(409);
        body.GetProperty("detail").GetString()!.ShouldContain("has 3 dynamic syncs, and 3 is the most");
        body.GetProperty("detail").GetString()!.ShouldContain("MUSTER_SYNC_MAX_DYNAMIC");

        // One that is there already may be changed, and an export that is done once is none of them.
        (await ExportAsync(1, 1, "dynamic")).Status.ShouldBe(200);
        (await ExportAsync(2, 2, "one_time")).Status.ShouldBe(201);
        (await ExportAsync(2, 2, "dynamic")).Status.ShouldBe(409);
    }

    [Fact]
    public async Task Preview_CohortCannotBeComputed_SaysWhy()
    {
        await PostAsync("projects/1/cohorts", new { name = "inner", definition = new { profile = "in", isTrue = true } });
        await PostAsync("projects/1/cohorts", new { name = "outer", definition = new { cohort = 1 } });
        await ExportAsync(2, 1, "one_time");
        await using (var db = await _app.Services.GetRequiredService<IDbContextFactory<ControlDb>>().CreateDbContextAsync(Stop))
        {
            await db.Cohorts.Where(c => c.Id == 1).ExecuteDeleteAsync(Stop);
        }

        var (status, body) = await PostAsync("syncs/1/preview", new { });

        status.ShouldBe(409);
        body.GetProperty("detail").GetString()!.ShouldNotBeEmpty();
    }

    private Task<(int Status, JsonElement Body)> ExportAsync(int cohortId, int connectionId, string type) =>
        PostAsync("projects/1/syncs", new { cohortId, connectionId, type });

    private async Task<(int Status, JsonElement Body)> PostAsync(string path, object body)
    {
        using var answer = await _http.PostAsJsonAsync(path, body, Stop);
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(Stop));
    }

    private sealed class NoSchedule : ISyncSchedule
    {
        public Task EnqueueAsync(Sync sync, long runId, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task PlanAsync(Sync sync, DateTimeOffset firstAt, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<bool> IsPlannedAsync(Sync sync, CancellationToken cancellationToken) => Task.FromResult(true);

        public Task UnplanAsync(Sync sync, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
