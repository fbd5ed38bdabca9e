using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Muster.Control;
using Muster.Control.Tokens;
using Muster.Ingestion;
using Muster.Warehouse;
using Muster.Warehouse.DuckDb;
using Muster.Warehouse.Events;
using Xunit;

namespace Muster.Tests.Unit.Ingestion;

/// <summary>Ingestion behind a real server, with two projects; one for the tests of a class, so each test uses ids of its own.</summary>
public sealed class IngestionServer : IAsyncLifetime
{
    public const string ProjectToken = "token-1";
    public const string ProjectSecret = "secret-1";
    public const string OtherToken = "token-2";

    private readonly string _folder = Directory.CreateTempSubdirectory("muster-test").FullName;
    private WebApplication _app = null!;

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(Decode.Now));

    public HttpClient Client { get; private set; } = null!;

    /// <summary>Set to have the store refuse writes.</summary>
    internal bool StoreIsBroken { get; set; }

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestLineSize = 256 * 1024);
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.AddControl(new ControlOptions { DataDir = _folder });
        builder.Services.AddWarehouse(new WarehouseOptions { DataDir = _folder });
        builder.Services.AddIngestion(new IngestionOptions { MaxBytesInFlight = 64 * 1024 * 1024 });
        var real = builder.Services.Last(s => s.ServiceType == typeof(IEventStore));
        builder.Services.AddSingleton<IEventStore>(provider => new BreakableStore(this, (IEventStore)real.ImplementationFactory!(provider)));
        _app = builder.Build();
        _app.UseCors();
        _app.MapIngestion();
        await _app.Services.MigrateControlAsync(CancellationToken.None);
        await AddProjectsAsync();
        await _app.StartAsync();
        Client = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    internal List<string> Rows(string sql)
    {
        using var connection = _app.Services.GetRequiredService<DuckDbStore>().Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "" : Convert.ToString(reader.GetValue(i), null))));
        }

        return rows;
    }

    /// <summary>Sends a body and answers with status and text.</summary>
    internal async Task<(int Status, string Text)> PostAsync(
        string path, string body, string? authorization = null, string contentType = "application/json", bool gzip = false)
    {
        using var answer = await SendAsync(path, Encoding.UTF8.GetBytes(body), authorization, contentType, gzip);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    internal async Task<(int Status, string Text)> GetAsync(string path)
    {
        using var answer = await Client.GetAsync(new Uri(path, UriKind.Relative));
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    internal async Task<HttpResponseMessage> SendAsync(
        string path, byte[] body, string? authorization = null, string contentType = "application/json", bool gzip = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new ByteArrayContent(gzip ? Pack(body) : body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        if (gzip)
        {
            request.Content.Headers.ContentEncoding.Add("gzip");
        }

        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        return await Client.SendAsync(request);
    }

    internal static string Basic(string credentials) => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}";

    internal static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private async Task AddProjectsAsync()
    {
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ControlDb>>().CreateDbContextAsync();
        db.Projects.Add(NewProject(ProjectToken, ProjectSecret));
        db.Projects.Add(NewProject(OtherToken, "secret-2"));
        await db.SaveChangesAsync();
        db.Tokens.Add(NewToken("everywhere", Role.Admin, null));
        db.Tokens.Add(NewToken("one", Role.Admin, 1));
        db.Tokens.Add(NewToken("reader", Role.Analyst, 1));
        await db.SaveChangesAsync();
    }

    private Project NewProject(string token, string secret) => new()
    {
        Name = token,
        Timezone = "UTC",
        IdMerge = IdMerge.Simplified,
        Token = token,
        ApiSecret = secret,
        CreatedAt = Clock.GetUtcNow(),
    };

    private ApiToken NewToken(string name, Role role, int? project) => new()
    {
        Name = name,
        Role = role,
        ProjectId = project,
        Hash = ApiTokens.Hash($"api-{name}"),
        CreatedAt = Clock.GetUtcNow(),
    };

    private sealed class BreakableStore(IngestionServer server, IEventStore store) : IEventStore
    {
        public Task<AppendOutcome> AppendAsync(IReadOnlyList<NewEvent> events, CancellationToken cancellationToken) =>
            server.StoreIsBroken ? throw new WarehouseUnavailableException("broken") : store.AppendAsync(events, cancellationToken);
    }
}
