using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Muster.Control;
using Muster.Iterable;
using Muster.Sandbox;
using Muster.Syncs.Delivery;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Iterable.Connections;

public sealed class ConnectionEndpointsTests : IAsyncLifetime
{
    private const string UsKey = "us-0123456789abcdef";
    private const string EuKey = "eu-0123456789abcdef";

    private readonly List<int> _stopped = [];
    private RunningSandbox _us = null!;
    private RunningSandbox _eu = null!;
    private SmallMuster _muster = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _us = await IterableSandbox.StartAsync(new SandboxOptions { Urls = "http://127.0.0.1:0", Keys = [UsKey, "us-another-key-9999"] }, cancellationToken: Token);
        _eu = await IterableSandbox.StartAsync(
            new SandboxOptions { Urls = "http://127.0.0.1:0", Keys = [EuKey], DataCenter = SandboxDataCenter.Eu, ProjectType = SandboxProjectType.Hybrid }, cancellationToken: Token);
        _muster = await StartAsync(_us.Address, _eu.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _muster.DisposeAsync();
        await _us.DisposeAsync();
        await _eu.DisposeAsync();
    }

    [Fact]
    public async Task Post_GoodKey_ConnectsAndNeverShowsTheKeyAgain()
    {
        var (status, made) = await PostAsync(new { type = "iterable", name = "Shop US", apiKey = UsKey, dataCenter = "us" });
        status.ShouldBe(HttpStatusCode.Created);
        made.GetProperty("type").GetString().ShouldBe("iterable");
        made.GetProperty("name").GetString().ShouldBe("Shop US");
        made.GetProperty("status").GetString().ShouldBe("connected");
        made.GetProperty("dataCenter").GetString().ShouldBe("us");
        made.GetProperty("projectType").GetString().ShouldBe("email");
        made.GetProperty("userIdFallback").GetString().ShouldBe("none");
        made.GetProperty("apiKeyHint").GetString().ShouldBe("cdef");
        made.GetProperty("createdBy").GetString().ShouldNotBeNullOrEmpty();
        made.GetProperty("webhook").GetProperty("authorization").GetString()!.ShouldStartWith("Basic ");
        var id = made.GetProperty("id").GetInt32();
        new Uri(made.GetProperty("webhook").GetProperty("url").GetString()!).ShouldBe(new Uri(_muster.Admin.BaseAddress!, $"/hooks/iterable/{id}"));
        made.GetRawText().ShouldNotContain(UsKey);
        (await GetAsync(_muster.Admin, $"connections/{id}")).GetRawText().ShouldBe(made.GetRawText());
        (await GetAsync(_muster.Admin, $"projects/{_muster.ProjectId}/connections")).GetProperty("items").GetArrayLength().ShouldBe(1);

        await using var db = await _muster.DbAsync(Token);
        (await db.Connections.SingleAsync(Token)).ProtectedApiKey!.ShouldNotContain(UsKey);
    }

    [Fact]
    public async Task Post_EuropeanKey_Connects()
    {
        var (status, made) = await PostAsync(new { type = "iterable", name = "EU", apiKey = EuKey, dataCenter = "eu", projectType = "hybrid", userIdFallback = "distinct_id" });
        status.ShouldBe(HttpStatusCode.Created);
        made.GetProperty("projectType").GetString().ShouldBe("hybrid");
        made.GetProperty("userIdFallback").GetString().ShouldBe("distinct_id");
    }

    [Theory]
    [InlineData("""{"type":"iterable","name":"x","apiKey":"k","dataCenter":"eu"}""", "/projectType")]
    [InlineData("""{"type":"iterable","name":"x","apiKey":"k","dataCenter":"eu","projectType":"email"}""", "/projectType")]
    [InlineData("""{"type":"braze","name":"x","apiKey":"k","dataCenter":"us"}""", "/type")]
    [InlineData("""{"name":"x","apiKey":"k","dataCenter":"us"}""", "/type")]
    [InlineData("""{"type":"iterable","name":"x","apiKey":"a b","dataCenter":"us"}""", "/apiKey")]
    [InlineData("""{"type":"iterable","name":"x","apiKey":"kéy","dataCenter":"us"}""", "/apiKey")]
    [InlineData("""{"type":"iterable","name":"x","dataCenter":"us"}""", "/apiKey")]
    [InlineData("""{"type":"iterable","name":"x","apiKey":"k","dataCenter":"asia"}""", "/dataCenter")]
    [InlineData("""{"type":"iterable","name":"x","apiKey":"k","dataCenter":"us","userIdFallback":"email"}""", "/userIdFallback")]
    [InlineData("""{"type":"iterable","name":"x","apiKey":"k","dataCenter":"us","api_key":"k"}""", "/api_key")]
    public async Task Post_BadInput_NamesTheKey(string body, string path)
    {
        var (status, problem) = await PostAsync(JsonSerializer.Deserialize<JsonElement>(body));
        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("code").GetString().ShouldBe("invalid");
        problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("path").GetString()).ShouldBe([path]);
    }

    [Theory]
    [InlineData("nobody-knows-this-key", "us", "email", "does not know this key. Copy it again")]
    [InlineData(EuKey, "us", "email", "the EU one does")]
    [InlineData(UsKey, "eu", "hybrid", "the US one does")]
    public async Task Post_KeyNotKnown_SaysWhereItIs(string apiKey, string dataCenter, string projectType, string says)
    {
        var (status, problem) = await PostAsync(new { type = "iterable", name = "x", apiKey, dataCenter, projectType });
        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("code").GetString().ShouldBe("iterable_key_rejected");
        problem.GetProperty("detail").GetString()!.ShouldContain(says);
        problem.GetRawText().ShouldNotContain(apiKey);
        (await GetAsync(_muster.Admin, $"projects/{_muster.ProjectId}/connections")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData(403, "{}", "iterable_key_rejected")]
    [InlineData(429, "{}", "iterable_unreachable")]
    [InlineData(503, "", "iterable_unreachable")]
    [InlineData(404, "", "iterable_unreachable")]
    [InlineData(302, "", "iterable_unreachable")]
    [InlineData(200, "<html>", "iterable_unreachable")]
    [InlineData(200, "{}", "iterable_unreachable")]
    public async Task Post_IterableAnswersSomethingElse_SaysWhy(int answer, string body, string code)
    {
        await using var server = await SmallServer.StartAsync(
            context =>
            {
                context.Response.StatusCode = answer;
                context.Response.Headers.RetryAfter = "3000";
                return context.Response.WriteAsync(body, Token);
            },
            Token);
        await using var muster = await StartAsync(server.Address, _eu.Address);
        var (status, problem) = await PostAsync(new { type = "iterable", name = "x", apiKey = UsKey, dataCenter = "us" }, muster);
        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task Post_NobodyListens_IsUnreachable()
    {
        await using var muster = await StartAsync(new Uri("http://127.0.0.1:1"), _eu.Address);
        var (status, problem) = await PostAsync(new { type = "iterable", name = "x", apiKey = UsKey, dataCenter = "us" }, muster);
        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("code").GetString().ShouldBe("iterable_unreachable");
    }

    [Fact]
    public async Task Post_OneBadAnswerThenAGoodOne_Connects()
    {
        var calls = 0;
        await using var server = await SmallServer.StartAsync(
            context => context.Response.WriteAsync(Interlocked.Increment(ref calls) == 1 ? "<html>" : """{"lists":[]}""", Token), Token);
        await using var muster = await StartAsync(server.Address, _eu.Address);
        (await PostAsync(new { type = "iterable", name = "x", apiKey = UsKey, dataCenter = "us" }, muster)).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Patch_NameKeyAndFallback_AreChanged()
    {
        var id = await ConnectAsync();
        (await PatchAsync(id, new { name = "New name" })).Answer.GetProperty("name").GetString().ShouldBe("New name");
        (await PatchAsync(id, new { userIdFallback = "distinct_id" })).Answer.GetProperty("userIdFallback").GetString().ShouldBe("distinct_id");
        var (status, changed) = await PatchAsync(id, new { apiKey = "us-another-key-9999" });
        status.ShouldBe(HttpStatusCode.OK);
        changed.GetProperty("apiKeyHint").GetString().ShouldBe("9999");
        changed.GetProperty("name").GetString().ShouldBe("New name");
    }

    [Fact]
    public async Task Patch_BadKey_LeavesEverythingAsItWas()
    {
        var id = await ConnectAsync();
        var (status, problem) = await PatchAsync(id, new { apiKey = "nobody-knows", name = "no" });
        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("code").GetString().ShouldBe("iterable_key_rejected");
        var connection = await GetAsync(_muster.Admin, $"connections/{id}");
        connection.GetProperty("name").GetString().ShouldBe("Iterable");
        connection.GetProperty("apiKeyHint").GetString().ShouldBe("cdef");
    }

    [Fact]
    public async Task Patch_WhatIsFixedForLife_IsRefused()
    {
        var id = await ConnectAsync();
        var (status, problem) = await PatchAsync(id, new { dataCenter = "eu", projectType = "hybrid" });
        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("errors").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task Delete_StopsTheSyncsAndDestroysTheKey()
    {
        var id = await ConnectAsync();
        await using (var db = await _muster.DbAsync(Token))
        {
            db.AddRange(Sync(id, SyncStatus.Active), Sync(id, SyncStatus.Held), Sync(id + 1, SyncStatus.Active));
            await db.SaveChangesAsync(Token);
        }

        (await _muster.Admin.DeleteAsync(new Uri($"connections/{id}", UriKind.Relative), Token)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        var connection = await GetAsync(_muster.Admin, $"connections/{id}");
        connection.GetProperty("status").GetString().ShouldBe("disconnected");
        await using (var db = await _muster.DbAsync(Token))
        {
            (await db.Connections.SingleAsync(Token)).ProtectedApiKey.ShouldBeNull();
            var syncs = await db.Syncs.OrderBy(s => s.Id).ToListAsync(Token);
            syncs.Select(s => s.Status).ShouldBe([SyncStatus.Paused, SyncStatus.Paused, SyncStatus.Active]);
            syncs[0].PausedReason!.ShouldContain("disconnected");
            syncs[0].NextRunAt.ShouldBeNull();
            syncs[0].ListId.ShouldBe(77);
        }

        _stopped.ShouldBe([id]);
        var error = await Should.ThrowAsync<DestinationException>(() => _muster.Services.GetRequiredService<IListDestinations>().OpenAsync(id, Token));
        error.Code.ShouldBe("connection_disconnected");
        (await PatchAsync(id, new { apiKey = UsKey })).Status.ShouldBe(HttpStatusCode.Conflict);
        (await _muster.Admin.DeleteAsync(new Uri($"connections/{id}", UriKind.Relative), Token)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Anything_WithoutTheRightOrOfAnotherProject_IsRefused()
    {
        var id = await ConnectAsync();
        var analyst = await _muster.SignInAsync("analyst", null, Token);
        var seen = await GetAsync(analyst, $"connections/{id}");
        seen.GetProperty("webhook").GetProperty("authorization").ValueKind.ShouldBe(JsonValueKind.Null);
        (await PostAsync(new { type = "iterable" }, client: analyst)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await analyst.DeleteAsync(new Uri($"connections/{id}", UriKind.Relative), Token)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        var stranger = await _muster.SignInAsync("admin", await _muster.MakeProjectAsync("Other", Token), Token);
        (await stranger.GetAsync(new Uri($"connections/{id}", UriKind.Relative), Token)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.DeleteAsync(new Uri($"connections/{id}", UriKind.Relative), Token)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.GetAsync(new Uri($"projects/{_muster.ProjectId}/connections", UriKind.Relative), Token)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private Task<SmallMuster> StartAsync(Uri us, Uri eu) => SmallMuster.StartAsync(
        new IterableOptions { UsUrl = us, EuUrl = eu, RetryBaseDelay = TimeSpan.FromMilliseconds(4) },
        Token,
        services => services.AddSingleton<IConnectionStopped>(new Listener(_stopped)));

    private async Task<int> ConnectAsync() =>
        (await PostAsync(new { type = "iterable", name = "Iterable", apiKey = UsKey, dataCenter = "us" })).Answer.GetProperty("id").GetInt32();

    private Sync Sync(int connectionId, SyncStatus status) => new()
    {
        ProjectId = _muster.ProjectId,
        CohortId = 1,
        ConnectionId = connectionId,
        Type = SyncType.Dynamic,
        IntervalSeconds = 900,
        Status = status,
        ListId = 77,
        ListName = "mixpanel_a_1",
        NextRunAt = TimeProvider.System.GetUtcNow(),
        CreatedAt = TimeProvider.System.GetUtcNow(),
        CreatedBy = "test",
    };

    private async Task<(HttpStatusCode Status, JsonElement Answer)> PostAsync<T>(T body, SmallMuster? muster = null, HttpClient? client = null)
    {
        muster ??= _muster;
        using var response = await (client ?? muster.Admin).PostAsJsonAsync($"projects/{muster.ProjectId}/connections", body, Token);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Token));
    }

    private async Task<(HttpStatusCode Status, JsonElement Answer)> PatchAsync<T>(int id, T body)
    {
        using var content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var response = await _muster.Admin.PatchAsync(new Uri($"connections/{id}", UriKind.Relative), content, Token);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Token));
    }

    private static Task<JsonElement> GetAsync(HttpClient client, string path) =>
        client.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative), Token);

    private sealed class Listener(List<int> stopped) : IConnectionStopped
    {
        public Task StoppedAsync(int connectionId, CancellationToken cancellationToken)
        {
            stopped.Add(connectionId);
            return Task.CompletedTask;
        }
    }
}
