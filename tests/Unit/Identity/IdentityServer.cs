using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Muster.Cohorts;
using Muster.Control;
using Muster.Identity;
using Muster.Ingestion;
using Muster.Syncs;
using Muster.Warehouse;
using Muster.Warehouse.DuckDb;
using Shouldly;

namespace Muster.Tests.Unit.Identity;

/// <summary>Ingestion, cohorts, people and what runs keep, behind a real server with one project.</summary>
internal sealed class IdentityServer : IAsyncDisposable
{
    private const string AdminToken = "admin-token";

    private readonly WebApplication _app;
    private readonly string _folder;

    private IdentityServer(WebApplication app, string folder)
    {
        _app = app;
        _folder = folder;
        Admin = Client(AdminToken);
    }

    public FakeTimeProvider Clock { get; private init; } = null!;

    public HttpClient Admin { get; }

    public int ProjectId { get; private set; }

    public string Token { get; private set; } = "";

    public DuckDbStore Store => _app.Services.GetRequiredService<DuckDbStore>();

    public static async Task<IdentityServer> StartAsync(string idMerge, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("muster-identity-").FullName;
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddControl(new ControlOptions { DataDir = folder, AdminToken = AdminToken });
        builder.Services.AddWarehouse(new WarehouseOptions { DataDir = folder });
        builder.Services.AddIdentity();
        builder.Services.AddIngestion();
        builder.Services.AddCohorts();
        var before = builder.Services.Count;
        builder.Services.AddSyncs(new SyncOptions());

        // Nothing runs here: only what runs keep is asked for.
        foreach (var hosted in builder.Services.Skip(before).Where(s => s.ServiceType == typeof(IHostedService)).ToList())
        {
            builder.Services.Remove(hosted);
        }

        var app = builder.Build();
        app.UseRouting();
        app.UseCors();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGroup("/api/v1").MapControl().MapCohorts().MapIdentity();
        app.MapIngestion();
        app.MapPrivacy();
        await app.Services.MigrateControlAsync(cancellationToken);
        await app.StartAsync(cancellationToken);
        var server = new IdentityServer(app, folder) { Clock = clock };
        using var made = await server.Admin.PostAsJsonAsync("api/v1/projects", new { name = "Shop", idMerge }, cancellationToken);
        var project = await made.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        (server.ProjectId, server.Token) = (project.GetProperty("id").GetInt32(), project.GetProperty("token").GetString()!);
        return server;
    }

    public HttpClient Client(string? token)
    {
        var client = new HttpClient { BaseAddress = new Uri(_app.Urls.First() + "/") };
        client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public async Task ImportAsync(CancellationToken cancellationToken, params object[] events)
    {
        using var answer = await Admin.PostAsJsonAsync($"import?strict=1&project_id={ProjectId}", events, cancellationToken);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(cancellationToken));
    }

    public async Task EngageAsync(string distinctId, object set, CancellationToken cancellationToken)
    {
        var update = new Dictionary<string, object> { ["$token"] = Token, ["$distinct_id"] = distinctId, ["$set"] = set };
        using var answer = await Admin.PostAsJsonAsync("engage?strict=1", new[] { update }, cancellationToken);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>The tables that have a text anywhere in one of their texts.</summary>
    public List<string> TablesWith(string text)
    {
        using var connection = Store.Open();
        var columns = connection.Query(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND data_type LIKE 'VARCHAR%'", r => (Table: r.GetString(0), Column: r.GetString(1)));
        return columns.Where(c => connection.Query(
                $"SELECT count(*) FROM {c.Table} WHERE contains({c.Column}::VARCHAR, $text)", r => r.GetInt64(0), ("text", text))[0] > 0)
            .Select(c => c.Table).Distinct().Order(StringComparer.Ordinal).ToList();
    }

    public List<string> Rows(string sql)
    {
        using var connection = Store.Open();
        return connection.Query(sql, r => string.Join('|', Enumerable.Range(0, r.FieldCount).Select(i => r.IsDBNull(i) ? "" : Convert.ToString(r.GetValue(i), null))));
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
