using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Muster.Sandbox;
using Xunit;

namespace Muster.Tests.Unit.Sandbox;

/// <summary>A sandbox on a free port with a clock that stands still, and a client with its key.</summary>
internal sealed class SandboxUnderTest : IAsyncDisposable
{
    private readonly RunningSandbox _sandbox;

    private SandboxUnderTest(RunningSandbox sandbox, FakeTimeProvider clock)
    {
        _sandbox = sandbox;
        Clock = clock;
        Http = new HttpClient { BaseAddress = sandbox.Address };
        Http.DefaultRequestHeaders.Add("Api-Key", "key-1");
    }

    public FakeTimeProvider Clock { get; }

    public HttpClient Http { get; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<SandboxUnderTest> StartAsync(Func<SandboxOptions, SandboxOptions>? change = null)
    {
        var options = new SandboxOptions { Urls = "http://127.0.0.1:0", Keys = ["key-1", "key-2"] };
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        return new SandboxUnderTest(await IterableSandbox.StartAsync(change?.Invoke(options) ?? options, clock, Cancelled), clock);
    }

    public async Task<long> CreateListAsync(string name = "list")
    {
        using var response = await PostAsync("/api/lists", JsonSerializer.Serialize(new { name }));
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("listId").GetInt64();
    }

    public Task<HttpResponseMessage> PostAsync(string path, string json)
    {
        var content = new StringContent(json);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return Http.PostAsync(path, content, Cancelled);
    }

    public Task<HttpResponseMessage> SubscribeAsync(long listId, params string[] emails) =>
        PostAsync("/api/lists/subscribe", JsonSerializer.Serialize(new { listId, subscribers = emails.Select(email => new { email }) }));

    /// <summary>Status and parsed body.</summary>
    public static async Task<(int Status, JsonElement Body)> AnswerAsync(Task<HttpResponseMessage> call)
    {
        using var response = await call;
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled));
    }

    public Task<string> TextAsync(string path) => Http.GetStringAsync(path, Cancelled);

    public Task<JsonElement> JsonAsync(string path) => Http.GetFromJsonAsync<JsonElement>(path, Cancelled);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _sandbox.DisposeAsync();
    }
}
