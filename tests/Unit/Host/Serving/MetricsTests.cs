using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Muster.Control;
using Muster.Host.Serving;
using Muster.Host.Settings;
using Muster.Iterable.Calls;
using Muster.Syncs.Delivery;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Host.Serving;

public sealed class MetricsTests : IAsyncLifetime
{
    private const string AdminToken = "metrics-admin-token";

    private readonly string _folder = Directory.CreateTempSubdirectory("muster-metrics-").FullName;
    private readonly HttpClient _http = new();
    private MusterServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var environment = new Dictionary<string, string>
        {
            ["MUSTER_URLS"] = "http://127.0.0.1:0",
            ["MUSTER_DATA_DIR"] = _folder,
            ["MUSTER_ADMIN_TOKEN"] = AdminToken,
        };
        var settings = MusterSettings.Read(new SettingsSource(_ => null, environment.GetValueOrDefault, _folder));
        _server = await MusterServer.StartAsync(settings, LogLevel.None, Token);
        _http.BaseAddress = _server.LocalAddress;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Get_FromThisMachine_NeedsNoToken()
    {
        using var answer = await _http.GetAsync("/metrics", Token);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.7")]
    [InlineData("Forwarded", "for=203.0.113.7")]
    [InlineData("X-Real-IP", "203.0.113.7")]
    public async Task Get_ThroughAProxy_NeedsAnAdminTokenForEveryProject(string header, string value)
    {
        using var made = await SendAsync(HttpMethod.Post, "/api/v1/projects", AdminToken, body: new { name = "Shop" });
        var project = (await made.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("id").GetInt32();

        (await GetAsync(null)).ShouldBe(HttpStatusCode.Unauthorized);
        (await GetAsync("wrong")).ShouldBe(HttpStatusCode.Unauthorized);
        (await GetAsync(await TokenOfAsync("consumer", null))).ShouldBe(HttpStatusCode.Forbidden);
        (await GetAsync(await TokenOfAsync("analyst", null))).ShouldBe(HttpStatusCode.Forbidden);
        (await GetAsync(await TokenOfAsync("admin", project))).ShouldBe(HttpStatusCode.Forbidden);
        (await GetAsync(await TokenOfAsync("admin", null))).ShouldBe(HttpStatusCode.OK);
        (await GetAsync(AdminToken)).ShouldBe(HttpStatusCode.OK);

        async Task<HttpStatusCode> GetAsync(string? token)
        {
            using var answer = await SendAsync(HttpMethod.Get, "/metrics", token, (header, value));
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Get_AfterARunAndItsCalls_HasTheirFiguresUnderStandardNames()
    {
        var request = new CallRequest { Operation = "subscribe", Method = HttpMethod.Post, Path = "api/lists/subscribe", Timeout = TimeSpan.FromSeconds(1), Body = new byte[10] };
        Muster.Iterable.Telemetry.Tried(request, 3, TimeSpan.FromSeconds(0.2), new CallFault { Kind = FaultKind.RateLimited, What = "answered 429" });
        Muster.Iterable.Telemetry.Retried(request, 3);
        Muster.Syncs.Telemetry.RunEnded(
            new Run { SyncId = 1, Trigger = RunTrigger.Schedule, Status = RunStatus.Succeeded, Approved = false, QueuedAt = default }, TimeSpan.FromSeconds(2));
        Muster.Syncs.Telemetry.ListIsTrue(TimeSpan.FromSeconds(3));
        Muster.Syncs.Telemetry.StepEnded(RunStep.Push, TimeSpan.FromSeconds(1));
        Muster.Syncs.Telemetry.Acknowledged(
            new ListBatch { ListId = 1, Operation = ListOperation.Add, Number = 1, Subscribers = [new Subscriber(1, "ann@example.com", null)] },
            new Acknowledgement([new Rejection(1, RejectionReasons.Forgotten)]));

        await _http.GetStringAsync("/health/live", Token);
        var text = await _http.GetStringAsync("/metrics", Token);

        foreach (var name in new[]
        {
            "muster_runs_total", "muster_run_duration_seconds_bucket", "muster_run_step_duration_seconds_bucket", "muster_run_lag_seconds_bucket",
            "muster_run_members_total", "muster_runs_open", "muster_runs_oldest_wait_seconds", "muster_syncs",
            "muster_iterable_calls_total", "muster_iterable_retries_total", "muster_iterable_sent_bytes_total", "muster_iterable_call_duration_seconds_bucket",
            "dotnet_gc_collections_total", "http_server_request_duration_seconds",
        })
        {
            text.ShouldContain("\n" + name, customMessage: name);
        }

        text.ShouldContain("outcome=\"rate_limited\"");
        text.ShouldContain("reason=\"forgotten\"");
        text.ShouldContain("status=\"not_active\"");
        text.ShouldNotContain("example.com");
        text.ShouldNotContain(AdminToken);
    }

    private async Task<string> TokenOfAsync(string role, int? projectId)
    {
        using var made = await SendAsync(HttpMethod.Post, "/api/v1/tokens", AdminToken, body: new { name = role, role, projectId });
        return (await made.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("token").GetString()!;
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? token, (string Name, string Value)? header = null, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        if (header is var (name, value))
        {
            request.Headers.Add(name, value);
        }

        return await _http.SendAsync(request, Token);
    }
}
