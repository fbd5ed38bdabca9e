using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using DuckDB.NET.Data;
using Muster.Sandbox;
using Shouldly;
using Xunit;

namespace Muster.Tests.EndToEnd.Webhooks;

public sealed class KilledUnderWebhooksTests
{
    private const int Events = 6000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_KilledAgainAndAgain_EveryAcknowledgedEventIsThereOnce()
    {
        await using var sandbox = await IterableSandbox.StartAsync(new SandboxOptions { Urls = "http://127.0.0.1:0" }, cancellationToken: Token);
        await using var muster = await MusterProcess.StartAsync(new Dictionary<string, string> { ["MUSTER_ITERABLE_US_URL"] = sandbox.Address.ToString() });
        (await AnswerAsync(muster, "projects", new { name = "p" })).GetProperty("id").GetInt32().ShouldBe(1);
        var connection = await AnswerAsync(
            muster, "projects/1/connections", new { type = "iterable", name = "main", apiKey = new SandboxOptions().Keys[0], dataCenter = "us" });
        var authorization = connection.GetProperty("webhook").GetProperty("authorization").GetString()!;
        var acknowledged = new ConcurrentDictionary<int, bool>();
        for (var round = 0; round < 3; round++)
        {
            using var enough = new SemaphoreSlim(0);
            var sending = SendAsync(muster, authorization, Enumerable.Range(0, Events).Where(n => !acknowledged.ContainsKey(n)), acknowledged, enough);
            for (var answers = 0; answers < 300 + (round * 150); answers++)
            {
                await enough.WaitAsync(Token);
            }

            await muster.KillAsync();
            await sending;
            await muster.StartAgainAsync();
        }

        acknowledged.Count.ShouldBeInRange(900, Events - 1, "the rounds were to be cut off");
        var beforeTheLast = acknowledged.Keys.ToList();

        // What was in flight at a kill may be stored without having been answered.
        (await StoredAsync(muster)).ShouldBeInRange(beforeTheLast.Count, beforeTheLast.Count + (3 * 32));

        // Iterable may deliver everything again.
        using var ignored = new SemaphoreSlim(0);
        acknowledged.Clear();
        await SendAsync(muster, authorization, Enumerable.Range(0, Events), acknowledged, ignored);
        await muster.KillAsync();

        beforeTheLast.ShouldBeSubsetOf(acknowledged.Keys);
        acknowledged.Count.ShouldBe(Events);
        Numbers(muster.DataDir).ShouldBe((Events, Events, 500));
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
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Token };
        await Parallel.ForEachAsync(numbers, parallel, async (number, stop) =>
        {
            try
            {
                using var content = new StringContent(Body(number), Encoding.UTF8, "application/json");
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

    // One in four comes without a time, and gets another one each time it is delivered.
    private static string Body(int number)
    {
        var createdAt = number % 4 == 0 ? "" : ",\"createdAt\":\"2026-11-02 10:15:30 +00:00\"";
        return string.Create(CultureInfo.InvariantCulture,
            $$$"""{"email":"u{{{number % 500}}}@x.example","eventName":"emailOpen","dataFields":{"messageId":"m{{{number}}}"{{{createdAt}}}}}""");
    }

    private static async Task<long> StoredAsync(MusterProcess muster) =>
        (await muster.Http.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/projects/1/unresolved?limit=1000", UriKind.Relative), Token))
            .GetProperty("items").EnumerateArray().Sum(item => item.GetProperty("events").GetInt64());

    private static (long Events, long InsertIds, long Identities) Numbers(string folder)
    {
        using var connection = new DuckDBConnection($"Data Source={Path.Combine(folder, "warehouse.duckdb")}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*), count(DISTINCT insert_id), (SELECT count(*) FROM identity) FROM event";
        using var reader = command.ExecuteReader();
        reader.Read();
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }
}
