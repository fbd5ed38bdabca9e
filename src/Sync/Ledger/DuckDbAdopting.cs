using DuckDB.NET.Data;
using Muster.Control;
using Muster.Warehouse.DuckDb;

namespace Muster.Syncs.Ledger;

/// <summary>Makes a ledger equal to what was read from its list.</summary>
internal static class DuckDbAdopting
{
    private const int PageSize = 100_000;

    private const string OnList = "CREATE TEMP TABLE on_list (identifier VARCHAR)";

    // An identifier with an @ in a hybrid project is taken for an address: Iterable lists the address of whoever has one.
    private const string Present = """
        CREATE TEMP TABLE present AS
        SELECT md5_number(CASE WHEN is_email THEN 'e:' ELSE 'u:' END || identifier) AS subscriber,
               any_value(CASE WHEN is_email THEN identifier END) AS email,
               any_value(CASE WHEN NOT is_email THEN identifier END) AS iterable_user_id
        FROM (
            SELECT CASE WHEN is_email THEN lower(trim(identifier)) ELSE identifier END AS identifier, is_email
            FROM (SELECT identifier, $projectType = 'email' OR ($projectType = 'hybrid' AND contains(identifier, '@')) AS is_email FROM on_list)
        )
        GROUP BY 1
        """;

    private const string Missing = """
        CREATE TEMP TABLE missing AS
        SELECT subscriber FROM ledger WHERE sync_id = $sync AND list_id = $list AND subscriber NOT IN (SELECT subscriber FROM present)
        """;

    private const string KeepPast = """
        INSERT INTO ledger_past
        SELECT l.sync_id, l.list_id, l.subscriber, l.user_id, l.email, l.iterable_user_id, l.since_run, $run
        FROM ledger l JOIN missing USING (subscriber)
        WHERE l.sync_id = $sync AND l.list_id = $list
        """;

    // What an earlier list of the sync held: that list is gone, or not the sync's any more. Receipts of its runs still read it.
    private static readonly string[] LeaveFormerLists =
    [
        """
        INSERT INTO ledger_past
        SELECT sync_id, list_id, subscriber, user_id, email, iterable_user_id, since_run, $run
        FROM ledger WHERE sync_id = $sync AND list_id <> $list
        """,
        "DELETE FROM ledger WHERE sync_id = $sync AND list_id <> $list",
    ];

    private const string Leave = """
        DELETE FROM ledger USING missing
        WHERE ledger.sync_id = $sync AND ledger.list_id = $list AND ledger.subscriber = missing.subscriber
        """;

    private const string BeCertain = """
        UPDATE ledger SET certain = true WHERE sync_id = $sync AND list_id = $list AND NOT certain
        """;

    private const string Enter = """
        INSERT INTO ledger
        SELECT $sync, $list, subscriber, NULL, email, iterable_user_id, $run, true
        FROM present
        WHERE subscriber NOT IN (SELECT subscriber FROM ledger WHERE sync_id = $sync AND list_id = $list)
        """;

    /// <summary>Reads a list's identifiers into the engine, a page at a time.</summary>
    public static async Task ReadAsync(DuckDBConnection connection, IAsyncEnumerable<string> identifiers, CancellationToken cancellationToken)
    {
        connection.Execute(OnList);
        var page = new List<string>();
        await foreach (var identifier in identifiers.WithCancellation(cancellationToken))
        {
            page.Add(identifier);
            if (page.Count == PageSize)
            {
                Append(connection, page);
                page.Clear();
            }
        }

        Append(connection, page);
    }

    private static void Append(DuckDBConnection connection, List<string> identifiers)
    {
        using var appender = connection.CreateAppender("on_list");
        foreach (var identifier in identifiers)
        {
            appender.CreateRow().AppendValue(identifier).EndRow();
        }
    }

    /// <summary>Adopts what was read, within the caller's transaction.</summary>
    public static Adoption Adopt(DuckDBConnection connection, int syncId, long runId, long listId, ProjectType projectType)
    {
        (string, object?)[] parameters =
        [
            ("sync", syncId), ("run", runId), ("list", listId),
            ("projectType", projectType switch { ProjectType.Email => "email", ProjectType.Hybrid => "hybrid", _ => "userId" }),
        ];
        foreach (var statement in LeaveFormerLists)
        {
            connection.Execute(statement, parameters);
        }

        connection.Execute(Present, parameters);
        connection.Execute(Missing, parameters);
        connection.Execute(KeepPast, parameters);
        var missing = connection.Execute(Leave, parameters);
        connection.Execute(BeCertain, parameters);
        return new Adoption(connection.Execute(Enter, parameters), missing);
    }
}
