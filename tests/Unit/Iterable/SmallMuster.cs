using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Muster.Control;
using Muster.Iterable;
using Muster.Warehouse;

namespace Muster.Tests.Unit.Iterable;

/// <summary>Control data and Iterable behind REST on a free port, with a data folder of its own and one project.</summary>
internal sealed class SmallMuster : IAsyncDisposable
{
    public const string AdminToken = "admin-token";

    private readonly WebApplication _app;
    private readonly string _dataDir;

    private SmallMuster(WebApplication app, string dataDir)
    {
        _app = app;
        _dataDir = dataDir;
        Admin = Client(AdminToken);
    }

    public HttpClient Admin { get; }

    public Uri Address => new(_app.Urls.First());

    public IServiceProvider Services => _app.Services;

    public int ProjectId { get; private set; }

    public static async Task<SmallMuster> StartAsync(IterableOptions options, CancellationToken cancellationToken, Action<IServiceCollection>? more = null, Action<IEndpointRouteBuilder>? map = null)
    {
        var dataDir = Directory.CreateTempSubdirectory("muster-iterable-").FullName;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddControl(new ControlOptions { DataDir = dataDir, AdminToken = AdminToken });
        builder.Services.AddWarehouse(new WarehouseOptions { DataDir = dataDir });
        builder.Services.AddIterable(options);
        more?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        var api = app.MapGroup("/api/v1");
        api.MapControl().MapIterable();
        map?.Invoke(api);
        app.MapIterableWebhooks();
        await app.Services.MigrateControlAsync(cancellationToken);
        await app.StartAsync(cancellationToken);
        var muster = new SmallMuster(app, dataDir);
        muster.ProjectId = await muster.MakeProjectAsync("Shop", cancellationToken);
        return muster;
    }

    public async Task<int> MakeProjectAsync(string name, CancellationToken cancellationToken)
    {
        using var response = await Admin.PostAsJsonAsync("projects", new { name }, cancellationToken);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("id").GetInt32();
    }

    public async Task<HttpClient> SignInAsync(string role, int? projectId, CancellationToken cancellationToken)
    {
        using var response = await Admin.PostAsJsonAsync("tokens", new { name = role, role, projectId }, cancellationToken);
        return Client((await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("token").GetString()!);
    }

    /// <summary>Puts a connection in without trying its key.</summary>
    public async Task<int> ConnectAsync(string apiKey, ProjectType projectType, CancellationToken cancellationToken)
    {
        var secrets = Services.GetRequiredService<Secrets>();
        await using var db = await DbAsync(cancellationToken);
        var connection = new Connection
        {
            ProjectId = ProjectId,
            Name = "Iterable",
            Status = ConnectionStatus.Connected,
            DataCenter = DataCenter.Us,
            ProjectType = projectType,
            UserIdFallback = UserIdFallback.None,
            ProtectedApiKey = secrets.Protect(apiKey),
            ApiKeyHint = Secrets.Hint(apiKey),
            ProtectedWebhookAuthorization = secrets.Protect("Basic x"),
            CreatedAt = TimeProvider.System.GetUtcNow(),
            CreatedBy = "test",
        };
        db.Add(connection);
        await db.SaveChangesAsync(cancellationToken);
        return connection.Id;
    }

    public Task<ControlDb> DbAsync(CancellationToken cancellationToken) =>
        Services.GetRequiredService<IDbContextFactory<ControlDb>>().CreateDbContextAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_dataDir, recursive: true);
    }

    private HttpClient Client(string token)
    {
        var client = new HttpClient { BaseAddress = new Uri(_app.Urls.First() + "/api/v1/") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}
