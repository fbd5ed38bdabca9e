using System.Globalization;
using Muster.Warehouse;
using Muster.Warehouse.DuckDb;

namespace Muster.Bench.Cohorts;

/// <summary>A large project written straight into the store's file: 90 days of events of people of whom few do much and most do little.</summary>
/// <remarks>It is made once and kept in the folder for temporary files; a day later, when its latest events are no longer of now, it is made again.</remarks>
internal static class SampleStore
{
    public const string FileName = "warehouse.duckdb";

    // A page view is three events in ten, the other eleven names, two of them Iterable's, share the rest; a third power makes one person in ten
    // do nearly half of all; one event in five came before its person was known, under another id.
    private static readonly string[] Statements =
    [
        "INSERT INTO identity SELECT i, 1, 'user-' || i FROM range(1, $people + $aliases + 1) t(i)",
        "INSERT INTO alias SELECT $people + i, 1, CAST(1 + hash(i) % $people AS INTEGER) FROM range(1, $aliases + 1) t(i)",
        """
        INSERT INTO event_name SELECT i, 1, name FROM (
          SELECT unnest(range(1, 13)) AS i, unnest(['Page View', 'Purchase', 'Sign Up', 'Log In', 'Search', 'Add to Cart', 'Share', 'Invite', 'Upgrade', 'Play', 'emailSend', 'emailBounce']) AS name)
        """,
        """
        INSERT INTO profile
        SELECT i, 1,
               '{"$email":"person.' || i || '@customers.example.com","$first_name":"P' || i % 1000 || '","plan":"'
               || ['free', 'pro', 'team', 'enterprise'][1 + a % 4] || '","country":"' || ['DE', 'US', 'FR', 'GB', 'IT', 'ES', 'PL', 'NL'][1 + a // 4 % 8]
               || '","seats":' || a // 32 % 50 || ',"tags":["a","b' || a // 1600 % 10 || '"]}',
               'person.' || i || '@customers.example.com', NULL, 'P' || i % 1000, NULL, NULL
        FROM (SELECT i, CAST(hash(i) >> 1 AS BIGINT) AS a FROM range(1, $people + 1) t(i))
        """,
        """
        INSERT INTO event (project_id, event_id, user_id, time, insert_id, source, properties, received_at, known_source)
        SELECT 1, CAST(CASE WHEN a % 10 < 3 THEN 1 ELSE 2 + a // 10 % 11 END AS INTEGER),
               CASE WHEN b % 5 = 0 THEN $people + 1 + CAST(floor(u * u * u * $aliases) AS INTEGER) ELSE 1 + CAST(floor(u * u * u * $people) AS INTEGER) END,
               time, printf('%016x%016x', a, b), CASE WHEN a % 10 >= 3 AND a // 10 % 11 >= 9 THEN 'iterable' END,
               '{"$browser":"' || ['Chrome', 'Safari', 'Firefox', 'Edge'][1 + c % 4] || '","$os":"' || ['Linux', 'Windows', 'iOS', 'Android'][1 + c // 4 % 4]
               || '","country":"' || ['DE', 'US', 'FR', 'GB', 'IT', 'ES', 'PL', 'NL'][1 + c // 16 % 8] || '","plan":"' || ['free', 'pro', 'team', 'enterprise'][1 + c // 128 % 4]
               || '","amount":' || c // 512 % 10000 / 100.0 || ',"step":' || c // 7 % 9 || ',"utm_source":"newsletter","returning":' || ['true', 'false'][1 + c // 11 % 2] || '}',
               time, CASE WHEN a % 10 >= 3 AND a // 10 % 11 >= 9 THEN 1 ELSE 0 END
        FROM (
          SELECT CAST(hash(i) >> 1 AS BIGINT) AS a, CAST(hash(i + 100000000) >> 1 AS BIGINT) AS b, CAST(hash(i + 200000000) >> 1 AS BIGINT) AS c, hash(i + 300000000) % 1000000000 / 1000000000.0 AS u,
                 make_timestamp($start + i * $apart) AS time
          FROM range($from, $until) t(i))
        """,
    ];

    // Each part is one transaction: less memory than all at once.
    private const int Part = 2_000_000;

    private static readonly TimeSpan Span = TimeSpan.FromDays(90);
    private static readonly TimeSpan Keeps = TimeSpan.FromDays(1);

    /// <summary>A copy of the sample in a folder of its own, which the caller deletes.</summary>
    public static string Copy(long events, int people, int aliases)
    {
        var kept = Kept(events, people, aliases);
        var copy = Directory.CreateTempSubdirectory("muster-bench").FullName;
        File.Copy(Path.Combine(kept, FileName), Path.Combine(copy, FileName));
        return copy;
    }

    private static string Kept(long events, int people, int aliases)
    {
        var folder = Path.Combine(
            Path.GetTempPath(), "muster-bench-cohorts", string.Create(CultureInfo.InvariantCulture, $"{events}-{people}-{aliases}"));
        var made = Path.Combine(folder, "made");
        var now = TimeProvider.System.GetUtcNow();
        if (File.Exists(made) && now - File.GetLastWriteTimeUtc(made) < Keeps)
        {
            return folder;
        }

        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        // A day more than is asked for, still to come: the file is worth a day.
        Write(folder, events, people, aliases, now);
        File.WriteAllText(made, "");
        return folder;
    }

    private static void Write(string folder, long events, int people, int aliases, DateTimeOffset now)
    {
        using var store = new DuckDbStore(new WarehouseOptions { DataDir = folder, MemoryLimitMiB = 2048 });
        using var connection = store.Open();
        foreach (var statement in Statements[..^1])
        {
            connection.Execute(statement, ("people", people), ("aliases", aliases));
        }

        var all = events + (long)(events * (Keeps / Span));
        for (var from = 0L; from < all; from += Part)
        {
            connection.Execute(
                Statements[^1], ("people", people), ("aliases", aliases), ("from", from), ("until", Math.Min(from + Part, all)),
                ("start", (now - Span).ToUnixTimeMilliseconds() * 1000), ("apart", Span.Ticks / TimeSpan.TicksPerMicrosecond / events));
        }

        connection.Execute("CHECKPOINT");
    }
}
