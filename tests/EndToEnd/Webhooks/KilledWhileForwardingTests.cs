using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Muster.Sandbox;
using Shouldly;
using Xunit;

namespace Muster.Tests.EndToEnd.Webhooks;

/// <summary>Events on their way from Iterable through Muster to Mixpanel, with Muster killed and Mixpanel failing on the way.</summary>
public sealed class KilledWhileForwardingTests
{
    private const int Events = 3000;
    private const string Secret = "mixpanel-secret-of-this-test";

    private readonly ConcurrentDictionary<string, int> _arrived = new();
    private int _calls;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Forwarding_KilledAgainAndAgain_EveryAcknowledgedEventArrivesUnderOneInsertId()
    {
        await using var mixpanel = await StartMixpanelAsync();
        await using var sandbox = await IterableSandbox.StartAsync(new SandboxOptions { Urls = "http://127.0.0.1:0" }, cancellationToken: Token);
        await using var muster = await MusterProcess.StartAsync(new Dictionary<string, string>
        {
            ["MUSTER_ITERABLE_US_URL"] = sandbox.Address.ToString(),
            ["MUSTER_MIXPANEL_INGEST_URL"] = mixpanel.Urls.First(),
        });
        await AnswerAsync(muster, "projects", new { name = "p" });
        var connection = await AnswerAsync(
            muster, "projects/1/connections", new { type = "iterable", name = "main", apiKey = new SandboxOptions().Keys[0], dataCenter = "us" });
        var set = await muster.RunAsync(
            "forwarding", "set", "1", "--mixpanel-project", "77", "--data-residency", "eu", "--service-account", "sa", "--service-account-secret", Secret);
        set.Status.ShouldBe(0, set.Error);
        set.Output.ShouldNotContain(Secret);

        var acknowledged = new ConcurrentDictionary<int, bool>();
        var authorization = connection.GetProperty("webhook").GetProperty("authorization").GetString()!;
        for (var round = 0; round < 3; round++)
        {
            using var enough = new SemaphoreSlim(0);
            var sending = SendAsync(muster, authorization, Enumerable.Range(0, Events).Where(n => !acknowledged.ContainsKey(n)), acknowledged, enough);
            for (var answers = 0; answers < 200 + (round * 100); answers++)
            {
                await enough.WaitAsync(Token);
            }

            await muster.KillAsync();
            await sending;
            await muster.StartAgainAsync();
        }

        using var ignored = new SemaphoreSlim(0);
        await SendAsync(muster, authorization, Enumerable.Range(0, Events).Where(n => !acknowledged.ContainsKey(n)), acknowledged, ignored);
        acknowledged.Count.ShouldBe(Events);
        JsonElement shown;
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Token);
            shown = await muster.Http.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/connections/1/forwarding", UriKind.Relative), Token);
        }
        while (shown.GetProperty("depth").GetInt64() > 0);

        // Each is there, and under the same insert id however often it was sent.
        _arrived.Count.ShouldBe(Events);
        _arrived.Keys.Select(k => k.Split(' ')[0]).Distinct().Count().ShouldBe(Events);
        shown.GetProperty("deadLetters").GetInt64().ShouldBe(0);
        (await muster.RunAsync("forwarding", "show", "1")).Output.ShouldContain("running");
        muster.Log.ShouldNotContain(Secret);
        muster.Log.ShouldNotContain("@x.example");
    }

    private async Task<WebApplication> StartMixpanelAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapPost("/import", async (HttpContext context) =>
        {
            // Every fifth call fails after it was taken: the answer that gets lost.
            var number = Interlocked.Increment(ref _calls);
            await using var plain = new GZipStream(context.Request.Body, CompressionMode.Decompress);
            using var body = await JsonDocument.ParseAsync(plain, cancellationToken: Token);
            foreach (var record in body.RootElement.EnumerateArray())
            {
                var properties = record.GetProperty("properties");
                _arrived.AddOrUpdate($"{properties.GetProperty("messageId").GetString()} {properties.GetProperty("$insert_id").GetString()}", 1, (_, n) => n + 1);
            }

            return number % 5 == 0
                ? Results.Json(new { code = 503, error = "unavailable", status = "Service Unavailable" }, statusCode: 503)
                : Results.Json(new { code = 200, num_records_imported = body.RootElement.GetArrayLength(), status = "OK" });
        });
        await app.StartAsync(Token);
        return app;
    }

    private static async Task<JsonElement> AnswerAsync(MusterProcess muster, string path, object body)
    {
        using var made = await muster.Http.PostAsJsonAsync(new Uri($"/api/v1/{path}", UriKind.Relative), body, Token);
        made.EnsureSuccessStatusCode();
        return await made.Content.ReadFromJsonAsync<JsonElement>(Token);
    }

    private static async Task SendAsync(
        MusterProcess muster, string authorization, IEnumerable<int> numbers, ConcurrentDictionary<int, bool> acknowledged, SemaphoreSlim answered)
    {
        using var client = new HttpClient { BaseAddress = muster.Address };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        await Parallel.ForEachAsync(numbers, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Token }, async (number, stop) =>
        {
            try
            {
                var body = string.Create(CultureInfo.InvariantCulture,
                    $$$"""{"email":"u{{{number % 500}}}@x.example","eventName":"emailOpen","dataFields":{"messageId":"m{{{number}}}","createdAt":"2026-11-02 10:15:30 +00:00"}}""");
                using var content = new StringContent(body, Encoding.UTF8, "application/json");
                using var answer = await client.PostAsync(new Uri("/hooks/iterable/1", UriKind.Relative), content, stop);
                if (answer.IsSuccessStatusCode)
                {
                    acknowledged[number] = true;
                }
            }
            catch (Exception fault) when (MusterProcess.IsOfAKill(fault))
            {
                // It was killed: this one is not acknowledged.
            }

            answered.Release();
        });
    }
}
