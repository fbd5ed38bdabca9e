using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Bench.Serving;
using Muster.Warehouse;
using Muster.Warehouse.DuckDb;

namespace Muster.Bench.Query;

/// <summary>Pages through the members of a cohort over <c>/api/query/engage</c>, against the real program.</summary>
internal static class EngagePagesCommand
{
    private const string Fill = """
        INSERT INTO identity SELECT i::INTEGER, 1, 'user-' || i FROM range(1, $people + 1) t(i);
        INSERT INTO profile
        SELECT i::INTEGER, 1,
               '{"$email":"user' || i || '@example.com","$first_name":"First' || i || '","$last_name":"Last","plan":"pro","age":' || (i % 90)
               || ',"city":"Berlin","score":' || (i * 7 % 1000) || ',"tags":["a","b"],"$created":"2026-01-01T00:00:00","$last_seen":"2026-11-01T00:00:00"}',
               'user' || i || '@example.com', NULL, 'First' || i, 'Last', TIMESTAMP '2026-11-01 00:00:00'
        FROM range(1, $people + 1) t(i);
        """;

    public static Command Create()
    {
        var people = new Option<int>("--people") { DefaultValueFactory = _ => 1_000_000, Description = "Members of the cohort" };
        var command = new Command("engage-pages", "Pages of /api/query/engage") { people };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(people), cancellationToken));
        return command;
    }

    private static async Task RunAsync(int people, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("muster-bench-engage-").FullName;
        try
        {
            // Prepared in the store itself: what is measured is reading.
            using (var store = new DuckDbStore(new WarehouseOptions { DataDir = folder, MemoryLimitMiB = 2048 }))
            {
                using var connection = store.Open();
                foreach (var statement in Fill.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                {
                    connection.Execute(statement, ("people", people));
                }

                DuckDbStore.Execute(connection, "CHECKPOINT");
            }

            await using var muster = await MusterProcess.StartAsync(folder, null, 5, cancellationToken);
            await muster.PostAsync("/projects", new JsonObject { ["name"] = "bench" }, cancellationToken);
            var cohort = await muster.PostAsync(
                "/projects/1/cohorts", new JsonObject { ["name"] = "Pro", ["definition"] = JsonNode.Parse("""{"profile":"plan","is":["pro"]}""") }, cancellationToken);
            await MeasureAsync(muster, people, cohort["id"]!.GetValue<int>(), cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(MusterProcess muster, int people, int cohort, CancellationToken cancellationToken)
    {
        var filter = Uri.EscapeDataString(string.Create(CultureInfo.InvariantCulture, $$"""{"id":{{cohort}}}"""));
        var (first, session, read) = await PageAsync(muster, $"filter_by_cohort={filter}", cancellationToken);
        var times = new List<double>();
        for (var page = 1; read < people; page++)
        {
            var (time, _, rows) = await PageAsync(muster, string.Create(CultureInfo.InvariantCulture, $"session_id={session}&page={page}"), cancellationToken);
            times.Add(time);
            read += rows;
        }

        times.Sort();
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            {people:N0} members: first page {first / 1000:N1} s; {times.Count} pages after it: p50 {times[times.Count / 2]:N1} ms, p99 {times[times.Count * 99 / 100]:N1} ms, worst {times[^1]:N1} ms; peak {Checkout.PeakMemoryMiB(muster.Process):N0} MiB; load {Checkout.Load():N1}
            """));
    }

    // The time until the whole answer is here; reading its JSON is the client's.
    private static async Task<(double Milliseconds, string Session, int Rows)> PageAsync(MusterProcess muster, string query, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.GetTimestamp();
        var bytes = await muster.Client.GetByteArrayAsync(new Uri($"/api/query/engage?project_id=1&{query}", UriKind.Relative), cancellationToken);
        var time = Stopwatch.GetElapsedTime(clock).TotalMilliseconds;
        using var answer = JsonDocument.Parse(bytes);
        return (time, answer.RootElement.GetProperty("session_id").GetString()!, answer.RootElement.GetProperty("results").GetArrayLength());
    }
}
