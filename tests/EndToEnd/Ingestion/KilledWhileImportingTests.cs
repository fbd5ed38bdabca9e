using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using DuckDB.NET.Data;
using Shouldly;
using Xunit;

namespace Muster.Tests.EndToEnd.Ingestion;

public sealed class KilledWhileImportingTests
{
    private const int Batches = 60;
    private const int EventsPerBatch = 1000;

    // The same each time an event is sent.
    private static readonly long Past = TimeProvider.System.GetUtcNow().AddDays(-1).ToUnixTimeSeconds();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Import_KilledAgainAndAgainAndSentAgain_EveryEventIsThereOnce()
    {
        var acknowledged = new ConcurrentDictionary<int, bool>();
        await using var muster = await MusterProcess.StartAsync();
        var token = await NewProjectAsync(muster);
        for (var round = 0; round < 3; round++)
        {
            // Killed at another point each time; what is then unanswered may or may not be stored.
            using var enough = new SemaphoreSlim(0);
            var sending = SendAsync(muster, token, Enumerable.Range(0, Batches).Where(b => !acknowledged.ContainsKey(b)), acknowledged, enough);
            for (var answers = 0; answers < 8 + (round * 3); answers++)
            {
                await enough.WaitAsync(Token);
            }

            await muster.KillAsync();
            await sending;
            await muster.StartAgainAsync();
        }

        acknowledged.Count.ShouldBeInRange(24, Batches - 1, "the rounds were to be cut off");
        var beforeTheLast = acknowledged.Keys.ToList();

        // A client that knows nothing of what was acknowledged sends everything.
        acknowledged.Clear();
        using var ignored = new SemaphoreSlim(0);
        await SendAsync(muster, token, Enumerable.Range(0, Batches), acknowledged, ignored);
        await muster.KillAsync();

        beforeTheLast.ShouldBeSubsetOf(acknowledged.Keys);
        acknowledged.Count.ShouldBe(Batches);
        Numbers(muster.DataDir).ShouldBe([Batches * EventsPerBatch, Batches * EventsPerBatch, 500, 500]);
    }

    private static async Task<string> NewProjectAsync(MusterProcess muster)
    {
        using var made = await muster.Http.PostAsJsonAsync(new Uri("/api/v1/projects", UriKind.Relative), new { name = "p" }, Token);
        made.EnsureSuccessStatusCode();
        return (await made.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("token").GetString()!;
    }

    private static async Task SendAsync(
        MusterProcess muster, string token, IEnumerable<int> batches, ConcurrentDictionary<int, bool> acknowledged, SemaphoreSlim answered)
    {
        using var client = new HttpClient { BaseAddress = muster.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", $"{token}:");
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token };
        await Parallel.ForEachAsync(batches, parallel, async (batch, stop) =>
        {
            try
            {
                using var content = new StringContent(Body(batch), Encoding.UTF8, "application/json");
                using var answer = await client.PostAsync(new Uri("/import?strict=1", UriKind.Relative), content, stop);
                if (answer.IsSuccessStatusCode)
                {
                    acknowledged[batch] = true;
                }
            }
            catch (Exception fault) when (MusterProcess.IsOfAKill(fault))
            {
                // It was killed: this one is not acknowledged.
            }

            answered.Release();
        });
    }

    // Half of the events come from a clock that runs ahead: they are stored under the time of arrival, which differs
    // each time they are sent.
    private static string Body(int batch)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var events = Enumerable.Range(0, EventsPerBatch).Select(i => string.Create(CultureInfo.InvariantCulture, $$"""
            {"event":"e{{i % 7}}","properties":{"time":{{(i % 2 == 0 ? Past + i : now + 3000)}},"distinct_id":"u{{i % 500}}","$insert_id":"b{{batch}}-{{i}}"} }
            """));
        return $"[{string.Join(',', events)}]";
    }

    private static List<long> Numbers(string folder)
    {
        using var connection = new DuckDBConnection($"Data Source={Path.Combine(folder, "warehouse.duckdb")}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT (SELECT count(*) FROM event), (SELECT count(DISTINCT insert_id) FROM event),
                   (SELECT count(*) FROM identity), (SELECT count(DISTINCT distinct_id) FROM identity)
            """;
        using var reader = command.ExecuteReader();
        reader.Read();
        return [.. Enumerable.Range(0, 4).Select(reader.GetInt64)];
    }
}
