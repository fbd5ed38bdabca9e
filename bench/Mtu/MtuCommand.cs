using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Muster.Bench.Serving;
using Muster.Usage.Mtu;
using Muster.Warehouse;
using Muster.Warehouse.DuckDb;

namespace Muster.Bench.Mtu;

/// <summary>How long the monthly tracked users of a large month take.</summary>
internal static class MtuCommand
{
    private const int Runs = 7;

    // 40 event names of uneven frequency, a third of the events from Iterable; a million people, three in ten of them merged into another.
    private const string Everything = """
        INSERT INTO identity SELECT i, 1, 'person-' || i FROM range(1, 1000001) t(i);
        INSERT INTO alias SELECT i, 1, i - 700000 FROM range(700001, 1000001) t(i);
        INSERT INTO event_name SELECT i, 1, CASE i WHEN 1 THEN 'emailSend' WHEN 2 THEN 'emailOpen' ELSE 'event ' || i END FROM range(1, 41) t(i);
        INSERT INTO event (project_id, event_id, user_id, time, insert_id, source, properties, received_at, known_source)
        SELECT 1, 1 + (hash(i) % 40 * (hash(i * 3) % 41) // 41)::INTEGER, 1 + (hash(i * 7) % 1000000)::INTEGER,
               TIMESTAMP '2026-11-01' + INTERVAL (i * 2592000 // $events) SECOND, 'insert-' || i,
               CASE WHEN hash(i * 11) % 3 = 0 THEN 'iterable' END, '{"plan":"pro","amount":' || (i % 1000) || ',"path":"/products/' || (i % 9000) || '"}',
               TIMESTAMP '2026-11-01' + INTERVAL (i * 2592000 // $events) SECOND, CASE WHEN hash(i * 11) % 3 = 0 THEN 1 ELSE 0 END
        FROM range($events) t(i);
        """;

    public static Command Create()
    {
        var events = new Option<int>("--events") { DefaultValueFactory = _ => 20_000_000 };
        var keep = new Option<string>("--folder") { Description = "keeps the store there, and takes one that is there already" };
        var command = new Command("mtu", "Monthly tracked users of a month with many events.") { events, keep };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var kept = arguments.GetValue(keep);
            var folder = kept ?? Directory.CreateTempSubdirectory("muster-bench").FullName;
            try
            {
                if (!File.Exists(Path.Combine(folder, "warehouse.duckdb")))
                {
                    Prepare(folder, arguments.GetValue(events));
                }

                using var store = new DuckDbStore(new WarehouseOptions { DataDir = folder, MemoryLimitMiB = 512 });
                var count = new MtuCount(new MtuReader(store));
                await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"load of the machine before: {Checkout.Load():N1}"));
                for (var run = 0; run < Runs; run++)
                {
                    var started = Stopwatch.GetTimestamp();
                    var month = count.Of(1, new Month(2026, 11), TimeZoneInfo.Utc, cancellationToken);
                    await Console.Out.WriteLineAsync(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Stopwatch.GetElapsedTime(started).TotalMilliseconds:N0} ms: {month.Mtu:N0} MTU of {month.QualifyingEvents:N0} qualifying and {month.ExemptEvents:N0} exempt events, {month.ByEvent.Count} rows"));
                }
            }
            finally
            {
                if (kept is null)
                {
                    Directory.Delete(folder, recursive: true);
                }
            }
        });
        return command;
    }

    private static void Prepare(string folder, int events)
    {
        using var store = new DuckDbStore(new WarehouseOptions { DataDir = folder, MemoryLimitMiB = 4096 });
        using var connection = store.Open();
        foreach (var statement in Everything.Split(";\n", StringSplitOptions.RemoveEmptyEntries))
        {
            connection.Execute(statement, ("events", (long)events));
        }

        DuckDbStore.Execute(connection, "CHECKPOINT");
    }
}
