using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Muster.Control;
using Muster.Host.Serving;
using Muster.Host.Settings;

namespace Muster.Tests.Unit.Host.Access;

/// <summary>The server as the program composes it, in this process, with two projects that each have one of everything.</summary>
internal sealed class WholeServer : IAsyncDisposable
{
    public const string AdminToken = "the-admin-token-of-this-test";

    private readonly MusterServer _server;
    private readonly string _folder;

    private WholeServer(MusterServer server, string folder) => (_server, _folder) = (server, folder);

    public Uri Address => _server.LocalAddress;

    public IServiceProvider Services => _server.Services;

    public static async Task<WholeServer> StartAsync(params (string Name, string Value)[] more)
    {
        var folder = Directory.CreateTempSubdirectory("muster-whole-").FullName;
        var values = new Dictionary<string, string>
        {
            ["MUSTER_URLS"] = "http://127.0.0.1:0",
            ["MUSTER_DATA_DIR"] = folder,
            ["MUSTER_ADMIN_TOKEN"] = AdminToken,
            ["MUSTER_ADMIN_EMAIL"] = "ada@example.com",
            ["MUSTER_ADMIN_PASSWORD"] = "correct horse battery",
            ["MUSTER_ITERABLE_US_URL"] = "http://127.0.0.1:9",
        };
        foreach (var (name, value) in more)
        {
            values[name] = value;
        }

        var settings = MusterSettings.Read(new SettingsSource(_ => null, values.GetValueOrDefault, folder));
        return new WholeServer(await MusterServer.StartAsync(settings, LogLevel.None, CancellationToken.None), folder);
    }

    public HttpClient Client(string? token)
    {
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = Address };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return client;
    }

    public async Task<string> MakeTokenAsync(string role, int? projectId)
    {
        using var admin = Client(AdminToken);
        using var answer = await admin.PostAsJsonAsync("/api/v1/tokens", new { name = $"{role} of {projectId}", role, projectId });
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
    }

    /// <summary>Makes a project with one of everything; what is made first has the lowest ids.</summary>
    public async Task<ProjectThings> MakeProjectAsync(string name)
    {
        var now = TimeProvider.System.GetUtcNow();
        var secrets = Services.GetRequiredService<Secrets>();
        await using var db = await DbAsync();
        var project = new Project { Name = name, Timezone = "UTC", IdMerge = IdMerge.Simplified, Token = Secrets.New(16), ApiSecret = Secrets.New(16), CreatedAt = now };
        db.Add(project);
        await db.SaveChangesAsync();
        var cohort = new Cohort { ProjectId = project.Id, Name = "Everyone", Definition = """{"profile":"$email","isSet":true}""", CreatedAt = now, UpdatedAt = now, CreatedBy = "test" };
        var connection = new Connection
        {
            ProjectId = project.Id,
            Name = "Iterable",
            Status = ConnectionStatus.Connected,
            DataCenter = DataCenter.Us,
            ProjectType = ProjectType.Email,
            UserIdFallback = UserIdFallback.None,
            ProtectedApiKey = secrets.Protect("the-api-key-of-this-test"),
            ApiKeyHint = "test",
            ProtectedWebhookAuthorization = secrets.Protect("Basic x"),
            CreatedAt = now,
            CreatedBy = "test",
        };
        db.AddRange(cohort, connection);
        await db.SaveChangesAsync();
        var sync = new Muster.Control.Sync
        {
            ProjectId = project.Id,
            CohortId = cohort.Id,
            ConnectionId = connection.Id,
            Type = SyncType.OneTime,
            IntervalSeconds = 900,
            Status = SyncStatus.NotActive,
            ListName = "mixpanel_Everyone_1",
            CreatedAt = now,
            CreatedBy = "test",
        };
        db.Add(sync);
        await db.SaveChangesAsync();
        var run = new Run { SyncId = sync.Id, Trigger = RunTrigger.First, Status = RunStatus.Succeeded, Approved = false, QueuedAt = now, FinishedAt = now };
        db.Add(run);
        await db.SaveChangesAsync();
        return new ProjectThings(project.Id, cohort.Id, connection.Id, sync.Id, run.Id);
    }

    public Task<ControlDb> DbAsync() => Services.GetRequiredService<IDbContextFactory<ControlDb>>().CreateDbContextAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>The ids of what a project has.</summary>
internal sealed record ProjectThings(int Project, int Cohort, int Connection, int Sync, long Run);
