using DuckDB.NET.Data;
using Muster.Syncs.Planning;
using Muster.Warehouse.DuckDb;

namespace Muster.Syncs.Ledger;

/// <summary>Folds the acknowledged batches of a run into the ledger, within the caller's transaction.</summary>
internal static class DuckDbSettling
{
    // ordinal 0: rows that need no call. A row whose user stays under another identifier (replaced) leaves only when
    // everything was acknowledged: before, the other identifier may not be on the list yet.
    private const string Acknowledged = """
        CREATE TEMP VIEW acknowledged AS
        SELECT r.operation, r.reason, r.user_id, r.subscriber, r.email, r.iterable_user_id, x.reason AS rejected, r.run_id
        FROM receipt r
        JOIN acknowledgement a ON a.run_id = r.run_id AND a.operation = r.operation AND a.batch = (r.ordinal + 999) // 1000
        LEFT JOIN rejection x ON x.run_id = r.run_id AND x.operation = r.operation AND x.ordinal = r.ordinal
        WHERE r.ordinal > 0
        """;

    // Calls that may have arrived without an answer.
    private const string Uncertain = """
        CREATE TEMP TABLE uncertain AS
        SELECT r.operation, r.user_id, r.subscriber, r.email, r.iterable_user_id
        FROM receipt r
        JOIN (SELECT operation, max(through) AS through FROM attempt WHERE run_id = $run GROUP BY 1) t
          ON t.operation = r.operation AND (r.ordinal + 999) // 1000 <= t.through
        LEFT JOIN acknowledgement a ON a.run_id = r.run_id AND a.operation = r.operation AND a.batch = (r.ordinal + 999) // 1000
        WHERE r.run_id = $run AND r.ordinal > 0 AND a.batch IS NULL
        """;

    private const string Doubt = """
        UPDATE ledger SET certain = false
        FROM uncertain
        WHERE ledger.sync_id = $sync AND ledger.list_id = $list AND ledger.subscriber = uncertain.subscriber
        """;

    private const string EnterInDoubt = """
        INSERT INTO ledger
        SELECT $sync, $list, subscriber, user_id, email, iterable_user_id, $run, false FROM uncertain
        WHERE operation = 'add' AND subscriber NOT IN (SELECT subscriber FROM ledger WHERE sync_id = $sync AND list_id = $list)
        """;

    // What Iterable does not find, has forgotten or cannot be named is not on the list: it counts as removed.
    private const string Leaving = """
        CREATE TEMP TABLE leaving AS
        SELECT subscriber FROM acknowledged
        WHERE run_id = $run AND operation = 'remove'
          AND (rejected IS NULL OR rejected IN ('not_found', 'forgotten', 'invalid_email', 'invalid_user_id'))
        UNION ALL
        SELECT subscriber FROM receipt
        WHERE run_id = $run AND ordinal = 0 AND subscriber IS NOT NULL AND (operation = 'no-op' OR reason = 'forgotten' OR $complete)
        UNION ALL
        SELECT a.subscriber FROM acknowledged a
        JOIN ledger l ON l.sync_id = $sync AND l.list_id = $list AND l.subscriber = a.subscriber
        WHERE a.run_id = $run AND a.operation = 'add' AND a.rejected IS NULL
        """;

    private const string KeepPast = """
        INSERT INTO ledger_past
        SELECT l.sync_id, l.list_id, l.subscriber, l.user_id, l.email, l.iterable_user_id, l.since_run, $run
        FROM ledger l JOIN leaving USING (subscriber)
        WHERE l.sync_id = $sync AND l.list_id = $list
        """;

    private const string Leave = """
        DELETE FROM ledger USING leaving
        WHERE ledger.sync_id = $sync AND ledger.list_id = $list AND ledger.subscriber = leaving.subscriber
        """;

    private const string Enter = """
        INSERT INTO ledger
        SELECT $sync, $list, subscriber, user_id, email, iterable_user_id, $run, true FROM acknowledged
        WHERE run_id = $run AND operation = 'add' AND rejected IS NULL
        UNION ALL
        SELECT $sync, $list, subscriber, user_id, email, iterable_user_id, $run, true FROM receipt
        WHERE run_id = $run AND operation = 'no-op'
        """;

    private const string Refuse = """
        INSERT INTO refusal
        SELECT $connection, $sync, rejected, email, iterable_user_id, $now FROM acknowledged
        WHERE run_id = $run AND rejected IS NOT NULL AND (operation = 'add' OR rejected = 'forgotten')
        """;

    private const string ForgetRefusals = """
        DELETE FROM refusal WHERE connection_id = $connection AND sync_id = $sync AND reason <> 'forgotten' AND (refused_at < $now - INTERVAL 2 DAY OR refused_at > $now)
        """;

    private const string IsSettled = "SELECT settled FROM plan WHERE run_id = $run";

    private const string MarkSettled = "UPDATE plan SET settled = true WHERE run_id = $run";

    private const string CountRejected = """
        SELECT x.reason, count(*) FROM rejection x
        WHERE x.run_id = $run AND NOT (x.operation = 'remove' AND x.reason IN ('not_found', 'forgotten', 'invalid_email', 'invalid_user_id'))
        GROUP BY 1 ORDER BY 1
        """;

    public static IReadOnlyDictionary<string, long> Settle(
        DuckDBConnection connection, RunPlan plan, int connectionId, bool complete, DateTimeOffset now)
    {
        (string, object?)[] parameters =
        [
            ("run", plan.RunId), ("sync", plan.SyncId), ("list", plan.ListId), ("connection", connectionId),
            ("complete", complete), ("now", now.UtcDateTime),
        ];
        if (!connection.Query(IsSettled, r => r.GetBoolean(0), parameters)[0])
        {
            connection.Execute(Acknowledged);
            foreach (var statement in new[] { Leaving, KeepPast, Leave, Enter, Uncertain, Doubt, EnterInDoubt, Refuse, ForgetRefusals, MarkSettled })
            {
                connection.Execute(statement, parameters);
            }

            DuckDbErasing.EraseOfRun(connection, plan.RunId);
        }

        return connection.Query(CountRejected, r => (Reason: r.GetString(0), Count: r.GetInt64(1)), parameters).ToDictionary(r => r.Reason, r => r.Count);
    }
}
