using DuckDB.NET.Data;
using Muster.Warehouse.DuckDb;

namespace Muster.Syncs.Ledger;

/// <summary>Takes the names of people who were deleted on request out of ledgers and receipts, within the caller's transaction.</summary>
/// <remarks>
/// A list is left by a call that names who leaves, so their row in the ledger, and the receipts of a run that is going
/// on, keep the names until that run has settled. What stays then is that there was somebody: the numbers of past runs
/// remain true.
/// </remarks>
internal static class DuckDbErasing
{
    private const string OfRun = "SELECT DISTINCT r.user_id FROM erased_user_id e JOIN receipt r ON r.user_id = e.user_id WHERE r.run_id = $run";

    private const string Names = """
        SELECT DISTINCT email, iterable_user_id FROM (
            SELECT email, iterable_user_id FROM receipt WHERE user_id IN (SELECT unnest($ids))
            UNION ALL SELECT email, iterable_user_id FROM ledger WHERE user_id IN (SELECT unnest($ids))
            UNION ALL SELECT email, iterable_user_id FROM ledger_past WHERE user_id IN (SELECT unnest($ids))
        )
        """;

    private const string Refusals = """
        DELETE FROM refusal WHERE email IN (SELECT unnest($emails)) OR iterable_user_id IN (SELECT unnest($userIds))
        """;

    private const string Receipts = """
        UPDATE receipt SET email = NULL, iterable_user_id = NULL
        WHERE user_id IN (SELECT unnest($ids)) AND (email IS NOT NULL OR iterable_user_id IS NOT NULL)
          AND run_id IN (SELECT run_id FROM plan WHERE settled)
        """;

    private const string Past = """
        UPDATE ledger_past SET email = NULL, iterable_user_id = NULL
        WHERE user_id IN (SELECT unnest($ids)) AND (email IS NOT NULL OR iterable_user_id IS NOT NULL)
        """;

    private const string Lists = "DELETE FROM ledger WHERE user_id IN (SELECT unnest($ids)) AND sync_id NOT IN (SELECT unnest($running))";

    /// <summary>Of a run that has just settled.</summary>
    public static void EraseOfRun(DuckDBConnection connection, long runId) =>
        ErasePast(connection, connection.Query(OfRun, r => r.GetInt32(0), ("run", runId)));

    /// <summary>Of all runs that have settled.</summary>
    public static void ErasePast(DuckDBConnection connection, List<int> userIds)
    {
        if (userIds.Count == 0)
        {
            return;
        }

        var names = connection.Query(Names, r => (Email: r.TextOrNull(0), UserId: r.TextOrNull(1)), ("ids", userIds));
        connection.Execute(
            Refusals, ("emails", names.Select(n => n.Email).OfType<string>().ToList()), ("userIds", names.Select(n => n.UserId).OfType<string>().ToList()));
        connection.Execute(Receipts, ("ids", userIds));
        connection.Execute(Past, ("ids", userIds));
    }

    /// <summary>From ledgers that no run will ever act on again.</summary>
    public static void EraseFromLists(DuckDBConnection connection, List<int> userIds, List<int> runningSyncs) =>
        connection.Execute(Lists, ("ids", userIds), ("running", runningSyncs));
}
