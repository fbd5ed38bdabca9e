using System.Net.Http.Json;
using System.Text.Json;
using Muster.Sandbox;
using Shouldly;

namespace Muster.Tests.EndToEnd.Sync;

/// <summary>The real program with people in it, connected to an Iterable sandbox.</summary>
internal sealed class ExportWorld : IAsyncDisposable
{
    private const string Key = "sandbox-key-of-the-tests";

    private readonly HttpClient _sandboxHttp;
    private readonly RunningSandbox _sandbox;

    private ExportWorld(RunningSandbox sandbox, MusterProcess muster, IReadOnlyDictionary<string, string> settings)
    {
        (_sandbox, Muster, Settings) = (sandbox, muster, settings);
        _sandboxHttp = new HttpClient { BaseAddress = sandbox.Address };
    }

    public MusterProcess Muster { get; }

    /// <summary>What the program was started with, for another one beside the same sandbox.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    public string Token { get; private set; } = "";

    public static async Task<ExportWorld> StartAsync(int latencyMs = 0, IReadOnlyDictionary<string, string>? settings = null)
    {
        var sandbox = await IterableSandbox.StartAsync(new SandboxOptions
        {
            Urls = "http://127.0.0.1:0",
            Keys = [Key],
            Rate = 50,
            ReadsPerMinute = 0,
            LatencyMs = latencyMs,
        });
        var all = new Dictionary<string, string>(settings ?? new Dictionary<string, string>())
        {
            ["MUSTER_ITERABLE_US_URL"] = sandbox.Address.ToString(),
            ["MUSTER_ITERABLE_RATE"] = "50",
            ["MUSTER_SYNC_MIN_INTERVAL"] = "00:00:01",
        };
        var world = new ExportWorld(sandbox, await MusterProcess.StartAsync(all), all);
        world.Token = (await world.PostAsync("projects", new { name = "p" })).GetProperty("token").GetString()!;
        return world;
    }

    /// <summary>People u1 to u<paramref name="count"/> with an address each and the property <c>in</c> set to true.</summary>
    public async Task PeopleAsync(int count)
    {
        foreach (var page in Enumerable.Range(1, count).Chunk(2000))
        {
            await EngageAsync(page.Select(i => new Dictionary<string, object?>
            {
                ["$token"] = Token,
                ["$distinct_id"] = $"u{i}",
                ["$set"] = new Dictionary<string, object?> { ["$email"] = $"u{i}@example.com", ["in"] = true },
            }));
        }
    }

    public Task SetAsync(int person, string property, object? value) => EngageAsync(
        [new() { ["$token"] = Token, ["$distinct_id"] = $"u{person}", ["$set"] = new Dictionary<string, object?> { [property] = value } }]);

    /// <summary>Exports everyone whose property <c>in</c> is true.</summary>
    public async Task<JsonElement> ExportAsync(object? sync = null)
    {
        await PostAsync("projects/1/cohorts", new { name = "In", definition = new Dictionary<string, object> { ["profile"] = "in", ["isTrue"] = true } });
        await PostAsync("projects/1/connections", new { type = "iterable", name = "main", apiKey = Key, dataCenter = "us" });
        return await PostAsync("projects/1/syncs", sync ?? new { cohortId = 1, connectionId = 1, type = "one_time" });
    }

    public async Task<JsonElement> RunAgainAsync() => await EndOfAsync((await PostAsync("syncs/1/runs", null)).GetProperty("id").GetInt64());

    /// <summary>Waits for a run after another, and gives its id.</summary>
    public async Task<long> NextRunAsync(long after)
    {
        for (var tries = 0; tries < 300; tries++)
        {
            var last = (await GetAsync("syncs/1")).GetProperty("lastRun").GetProperty("id").GetInt64();
            if (last > after)
            {
                return last;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        throw new TimeoutException($"No run came after run {after}.");
    }

    /// <summary>Waits for a run to end.</summary>
    public async Task<JsonElement> EndOfAsync(long runId)
    {
        for (var tries = 0; tries < 600; tries++)
        {
            var run = await GetAsync($"runs/{runId}");
            if (run.GetProperty("status").GetString() is not ("queued" or "running"))
            {
                return run;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        throw new TimeoutException($"Run {runId} did not end: {await GetAsync($"runs/{runId}")}");
    }

    public async Task<JsonElement> GetAsync(string path) => await Muster.Http.GetFromJsonAsync<JsonElement>($"/api/v1/{path}");

    public async Task<JsonElement> PostAsync(string path, object? body)
    {
        using var answer = await Muster.Http.PostAsJsonAsync($"/api/v1/{path}", body ?? new { });
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    public async Task<List<string>> ReceiptsAsync(long runId)
    {
        var csv = await Muster.Http.GetStringAsync($"/api/v1/runs/{runId}/receipts.csv");
        return [.. csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1)];
    }

    public async Task PlantAsync(object fault) => (await _sandboxHttp.PostAsJsonAsync("/sandbox/faults", fault)).EnsureSuccessStatusCode();

    /// <summary>Someone else calls Iterable for the list.</summary>
    public async Task EditListAsync(string operation, long listId, string email)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/lists/{operation}")
        {
            Content = JsonContent.Create(new { listId, subscribers = new[] { new { email } } }),
        };
        request.Headers.Add("Api-Key", Key);
        (await _sandboxHttp.SendAsync(request)).EnsureSuccessStatusCode();
    }

    public async Task DeleteListAsync(long listId) => (await _sandboxHttp.DeleteAsync($"/sandbox/lists/{listId}")).EnsureSuccessStatusCode();

    /// <summary>Addresses on the one list of the sandbox.</summary>
    public async Task<List<string>> OnListAsync()
    {
        var state = await _sandboxHttp.GetFromJsonAsync<JsonElement>("/sandbox/state");
        var list = state.GetProperty("lists").EnumerateArray().ShouldHaveSingleItem();
        return [.. list.GetProperty("members").EnumerateArray().Select(m => m.GetProperty("email").GetString()!).Order(StringComparer.Ordinal)];
    }

    public async Task<int> CallsAsync(string path)
    {
        var calls = await _sandboxHttp.GetFromJsonAsync<JsonElement>("/sandbox/calls");
        return calls.GetProperty("totals").EnumerateArray().Where(t => t.GetProperty("path").GetString() == path).Sum(t => t.GetProperty("calls").GetInt32());
    }

    public async ValueTask DisposeAsync()
    {
        await Muster.DisposeAsync();
        _sandboxHttp.Dispose();
        await _sandbox.DisposeAsync();
    }

    private async Task EngageAsync(IEnumerable<Dictionary<string, object?>> updates)
    {
        using var answer = await Muster.Http.PostAsJsonAsync("/engage", updates);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("1");
    }
}
