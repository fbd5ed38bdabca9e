using System.Runtime.CompilerServices;
using DuckDB.NET.Data;
using Muster.Control;
using Muster.Warehouse.DuckDb;

namespace Muster.Syncs.Receipts;

/// <summary>What became of one member, or one subscriber that left, in one run.</summary>
public sealed record Receipt
{
    /// <summary>The member's canonical id, as it is now; null for a stranger that was taken off the list.</summary>
    public required string? DistinctId { get; init; }

    /// <summary>The address as sent.</summary>
    public required string? Email { get; init; }

    /// <summary>The user id as sent.</summary>
    public required string? IterableUserId { get; init; }

    /// <summary>add, remove, no-op, or none for the skipped.</summary>
    public required string Operation { get; init; }

    /// <summary>added, removed, unchanged, skipped or rejected.</summary>
    public required string Outcome { get; init; }

    /// <summary>Why skipped or rejected, or a note.</summary>
    public required string? Reason { get; init; }

    /// <summary>Its place in the order of the run's receipts.</summary>
    internal long Position { get; init; }
}

/// <summary>Which receipts are wanted; null: any.</summary>
/// <param name="Operation">Of this operation.</param>
/// <param name="Outcome">With this outcome.</param>
/// <param name="Search">With this text in distinct id, address or user id, whatever its case.</param>
public sealed record ReceiptFilter(string? Operation, string? Outcome, string? Search)
{
    /// <summary>Whether the text is looked for in distinct ids only: who may not see addresses may not find people by them.</summary>
    public bool SearchesIdsOnly { get; init; }

    /// <summary>Only of these people, by their numbers in the store; null: of anyone.</summary>
    internal List<int>? UserIds { get; init; }
}

/// <summary>Reads the receipts of a run.</summary>
/// <remarks>
/// Changes and skips have rows of their own. Unchanged members are the ledger's rows that were there before the run and
/// after it: writing them again each run would cost a row per member every fifteen minutes.
/// </remarks>
public sealed class ReceiptReader(DuckDbStore store)
{
    private const string Select = """
        WITH pinned AS (SELECT run_id, sync_id, list_id, coalesce(skipped_of, run_id) AS skipped_of FROM plan WHERE run_id = $run),
        receipts AS (
            SELECT r.user_id, r.email, r.iterable_user_id, r.ordinal, r.operation AS planned,
                   -- Planned, but the run ended before: nothing was done, so it counts as skipped.
                   CASE WHEN r.ordinal > 0 AND a.batch IS NULL THEN 'none' ELSE r.operation END AS operation,
                   CASE WHEN r.operation = 'none' THEN 'skipped'
                        WHEN r.operation = 'no-op' THEN 'unchanged'
                        WHEN x.reason IS NOT NULL AND NOT (r.operation = 'remove' AND x.reason IN ('not_found', 'forgotten', 'invalid_email', 'invalid_user_id')) THEN 'rejected'
                        WHEN a.batch IS NOT NULL OR r.ordinal = 0 THEN CASE r.operation WHEN 'add' THEN 'added' ELSE 'removed' END
                        ELSE 'skipped' END AS outcome,
                   CASE WHEN r.ordinal > 0 AND a.batch IS NULL THEN
                             CASE r.operation WHEN 'remove' THEN 'removal_' ELSE '' END
                             || CASE WHEN (r.ordinal + 999) // 1000 <= (SELECT max(through) FROM attempt t WHERE t.run_id = $run AND t.operation = r.operation)
                                  THEN 'unconfirmed' ELSE 'not_sent' END
                        ELSE coalesce(x.reason, r.reason) END AS reason
            FROM receipt r
            JOIN pinned p ON r.run_id = CASE WHEN r.operation = 'none' THEN p.skipped_of ELSE p.run_id END
            LEFT JOIN acknowledgement a ON a.run_id = r.run_id AND a.operation = r.operation AND a.batch = (r.ordinal + 999) // 1000
            LEFT JOIN rejection x ON x.run_id = r.run_id AND x.operation = r.operation AND x.ordinal = r.ordinal
            WHERE $over OR r.ordinal = 0 OR a.batch IS NOT NULL
            UNION ALL
            SELECT l.user_id, l.email, l.iterable_user_id, 0, 'no-op', 'no-op', 'unchanged', NULL
            FROM (
                SELECT subscriber, user_id, email, iterable_user_id, sync_id, list_id, since_run, NULL AS until_run FROM ledger
                UNION ALL
                SELECT subscriber, user_id, email, iterable_user_id, sync_id, list_id, since_run, until_run FROM ledger_past
            ) l
            JOIN pinned p ON l.sync_id = p.sync_id AND l.list_id = p.list_id
            WHERE l.since_run < p.run_id AND (l.until_run IS NULL OR l.until_run > p.run_id)
              AND l.subscriber NOT IN (SELECT subscriber FROM receipt WHERE run_id = $run AND subscriber IS NOT NULL)
        ),
        named AS (
            SELECT i.distinct_id, r.email, r.iterable_user_id, r.operation, r.outcome, r.reason,
                   -- Members first, one receipt each; then what left, by its place in the plan; then what left without a call.
                   CASE WHEN r.planned <> 'remove' THEN r.user_id::BIGINT
                        WHEN r.ordinal > 0 THEN (1::BIGINT << 40) + r.ordinal
                        ELSE (1::BIGINT << 41) + coalesce(r.user_id, 0) END AS position
            FROM receipts r
            LEFT JOIN alias a ON a.user_id = r.user_id
            LEFT JOIN identity i ON i.user_id = coalesce(a.canonical_id, r.user_id)
            WHERE $users IS NULL OR list_contains($users::INTEGER[], r.user_id) OR list_contains($users::INTEGER[], a.canonical_id)
        )
        SELECT distinct_id, email, iterable_user_id, operation, outcome, reason, position FROM named
        WHERE ($operation IS NULL OR operation = $operation)
          AND ($outcome IS NULL OR outcome = $outcome)
          AND ($search IS NULL OR contains(lower(distinct_id), lower($search))
               OR (NOT $by_id_only AND (contains(email, lower($search)) OR contains(lower(iterable_user_id), lower($search)))))
        """;

    private const string Page = Select + " AND position > $after ORDER BY position LIMIT $limit";

    /// <summary>Up to <paramref name="limit"/> receipts after a position.</summary>
    public Task<List<Receipt>> ReadPageAsync(Run run, ReceiptFilter filter, long after, int limit, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var connection = store.Open();
            return connection.Query(Page, Read, [.. Parameters(run, filter), ("after", after), ("limit", limit)]);
        },
        cancellationToken);

    /// <summary>All receipts, streamed in no order.</summary>
    public async IAsyncEnumerable<Receipt> ReadAllAsync(Run run, ReceiptFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = store.Open();
        await using var command = connection.Command(Select, Parameters(run, filter));
        command.UseStreamingMode = true;
        await using var reader = await Task.Run(() => command.ExecuteReader(), cancellationToken);
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return Read(reader);
        }
    }

    private static (string, object?)[] Parameters(Run run, ReceiptFilter filter) =>
    [
        ("run", run.Id), ("over", run.FinishedAt is not null),
        ("operation", filter.Operation), ("outcome", filter.Outcome), ("search", filter.Search),
        ("by_id_only", filter.SearchesIdsOnly), ("users", filter.UserIds),
    ];

    private static Receipt Read(DuckDBDataReader reader) => new()
    {
        DistinctId = reader.TextOrNull(0),
        Email = reader.TextOrNull(1),
        IterableUserId = reader.TextOrNull(2),
        Operation = reader.GetString(3),
        Outcome = reader.GetString(4),
        Reason = reader.TextOrNull(5),
        Position = reader.GetInt64(6),
    };
}
