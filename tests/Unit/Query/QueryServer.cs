using System.Globalization;
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
using Muster.Control.Tokens;
using Muster.Identity;
using Muster.Ingestion;
using Muster.Query;
using Muster.Warehouse;
using Muster.Warehouse.DuckDb;
using Shouldly;

namespace Muster.Tests.Unit.Query;

/// <summary>Queries, with ingestion to fill the store, behind a real server with two projects.</summary>
internal sealed class QueryServer : IAsyncDisposable
{
    public const string Secret = "secret-1";

    private readonly WebApplication _app;
    private readonly string _folder;

    private QueryServer(WebApplication app, string folder)
    {
        (_app, _folder) = (app, folder);
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public static FakeTimeProvider NewClock() => new(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));

    public required FakeTimeProvider Clock { get; init; }

    public HttpClient Client { get; }

    public string SessionFolder => Path.Combine(_folder, "engage-sessions");

    public static async Task<QueryServer> StartAsync(string timezone = "UTC", CohortOptions? limits = null)
    {
        var clock = NewClock();
        var folder = Directory.CreateTempSubdirectory("muster-query-").FullName;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddControl(new ControlOptions { DataDir = folder });
        builder.Services.AddWarehouse(new WarehouseOptions { DataDir = folder });
        builder.Services.AddIdentity();
        builder.Services.AddIngestion();
        builder.Services.AddCohorts(limits);
        builder.Services.AddQueries(new QueryOptions { DataDir = folder });
        var app = builder.Build();
        app.UseCors();
        app.MapIngestion();
        app.MapQueries();
        await app.Services.MigrateControlAsync(CancellationToken.None);
        await using (var db = await app.Services.GetRequiredService<IDbContextFactory<ControlDb>>().CreateDbContextAsync())
        {
            db.Projects.Add(NewProject(1, timezone, clock));
            db.Projects.Add(NewProject(2, "UTC", clock));
            await db.SaveChangesAsync();
            db.Tokens.AddRange(
                NewToken("admin", Role.Admin, null, clock), NewToken("analyst", Role.Analyst, 1, clock), NewToken("consumer", Role.Consumer, 1, clock));
            await db.SaveChangesAsync();
        }

        await app.StartAsync();
        return new QueryServer(app, folder) { Clock = clock };
    }

    public async Task EngageAsync(params IEnumerable<string> records)
    {
        foreach (var batch in records.Chunk(2000))
        {
            var (status, text) = await SendAsync("/engage?strict=1", "", Content($"[{string.Join(',', batch)}]"));
            status.ShouldBe(200, text);
        }
    }

    public async Task ImportAsync(params IEnumerable<string> records)
    {
        var (status, text) = await SendAsync("/import?strict=1", $"{Secret}:", Content($"[{string.Join(',', records)}]"));
        status.ShouldBe(200, text);
    }

    public async Task<int> AddCohortAsync(string name, string? definition, params string[] uploaded)
    {
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ControlDb>>().CreateDbContextAsync();
        var cohort = new Cohort
        {
            ProjectId = 1,
            Name = name,
            Definition = definition,
            CreatedAt = Clock.GetUtcNow(),
            UpdatedAt = Clock.GetUtcNow(),
            CreatedBy = "test",
        };
        db.Cohorts.Add(cohort);
        await db.SaveChangesAsync();
        foreach (var id in uploaded)
        {
            Rows("INSERT INTO cohort_upload (cohort_id, distinct_id) VALUES ($cohort, $id)", ("cohort", cohort.Id), ("id", id));
        }

        return cohort.Id;
    }

    public List<string> Rows(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var connection = _app.Services.GetRequiredService<DuckDbStore>().Open();
        return connection.Query(sql, reader => Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!, parameters);
    }

    /// <summary>Asks with a form.</summary>
    public async Task<JsonElement> AskAsync(string path, params (string Name, string Value)[] fields)
    {
        var (status, text) = await SendAsync(path, $"{Secret}:", new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))));
        status.ShouldBe(200, text);
        return JsonElement.Parse(text);
    }

    /// <summary>Asks with a form, and is refused.</summary>
    public async Task<JsonElement> AskInVainAsync(string path, params (string Name, string Value)[] fields)
    {
        var (status, text) = await SendAsync(path, $"{Secret}:", new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))));
        status.ShouldBe(400, text);
        return JsonElement.Parse(text);
    }

    public async Task<(int Status, string Text)> SendAsync(string path, string credentials, HttpContent? content = null, bool plain = false)
    {
        using var request = new HttpRequestMessage(content is null ? HttpMethod.Get : HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = content };
        if (credentials.Length > 0)
        {
            request.Headers.TryAddWithoutValidation(
                "Authorization", $"Basic {(plain ? credentials : Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)))}");
        }

        using var answer = await Client.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public static StringContent Content(string json) => new(json, Encoding.UTF8, "application/json");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private static Project NewProject(int number, string timezone, TimeProvider clock) => new()
    {
        Name = $"project {number}",
        Timezone = timezone,
        IdMerge = IdMerge.Simplified,
        Token = $"token-{number}",
        ApiSecret = $"secret-{number}",
        CreatedAt = clock.GetUtcNow(),
    };

    private static ApiToken NewToken(string name, Role role, int? project, TimeProvider clock) => new()
    {
        Name = name,
        Role = role,
        ProjectId = project,
        Hash = ApiTokens.Hash($"api-{name}"),
        CreatedAt = clock.GetUtcNow(),
        ExpiresAt = clock.GetUtcNow().AddDays(1),
    };
}
