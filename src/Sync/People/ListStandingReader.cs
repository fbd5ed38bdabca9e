using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Syncs.Receipts;
using Muster.Warehouse.DuckDb;

namespace Muster.Syncs.People;

/// <summary>How a person stands on the list of one sync.</summary>
internal sealed record ListStanding
{
    /// <summary>The sync.</summary>
    public required Sync Sync { get; init; }

    /// <summary>Whether the ledger has the person, or someone with the same subscriber identity.</summary>
    public required bool OnList { get; init; }

    /// <summary>The latest run that has a receipt for the person; null: none within the receipts' retention.</summary>
    public required Run? Run { get; init; }

    /// <summary>That receipt.</summary>
    public required Receipt? Receipt { get; init; }

    /// <summary>The sync's latest run that ended.</summary>
    public required Run? LastRun { get; init; }
}

/// <summary>Finds a person on the lists of a project's syncs, and the latest receipt in each.</summary>
internal sealed class ListStandingReader(DuckDbStore store, ReceiptReader receipts, IDbContextFactory<ControlDb> factory)
{
    // A receipt of a skipped member stands for the later runs with the very same skips, and a row of the ledger for all
    // runs since it was written.
    private const string LatestRuns = """
        WITH sought AS (SELECT unnest($ids::INTEGER[]) AS user_id)
        SELECT sync_id, max(run_id) FROM (
            SELECT p.sync_id, p.run_id FROM receipt r JOIN plan p ON p.run_id = r.run_id
            WHERE r.user_id IN (SELECT user_id FROM sought) AND r.operation <> 'none'
            UNION ALL
            SELECT p.sync_id, p.run_id FROM receipt r JOIN plan p ON coalesce(p.skipped_of, p.run_id) = r.run_id
            WHERE r.user_id IN (SELECT user_id FROM sought) AND r.operation = 'none'
            UNION ALL
            SELECT p.sync_id, p.run_id FROM ledger l JOIN plan p ON p.sync_id = l.sync_id AND p.list_id = l.list_id AND p.run_id >= l.since_run
            WHERE l.user_id IN (SELECT user_id FROM sought)
        ) GROUP BY 1
        """;

    private const string OnLists = """
        SELECT DISTINCT sync_id, list_id FROM ledger
        WHERE user_id IN (SELECT unnest($ids::INTEGER[])) AND certain
        """;

    private const string SameIdentity = """
        SELECT count(*) FROM ledger
        WHERE sync_id = $sync AND list_id = $list AND certain AND (email = $email OR iterable_user_id = $iterable_user_id)
        """;

    /// <summary>The standing on each list of the project, by sync.</summary>
    public async Task<IReadOnlyList<ListStanding>> ReadAsync(int projectId, List<int> userIds, CancellationToken cancellationToken)
    {
        var (latest, onLists) = await Task.Run(
            () =>
            {
                using var connection = store.Open();
                return (
                    connection.Query(LatestRuns, r => (Sync: r.GetInt32(0), Run: r.GetInt64(1)), ("ids", userIds)).ToDictionary(r => r.Sync, r => r.Run),
                    connection.Query(OnLists, r => (r.GetInt32(0), r.GetInt64(1)), ("ids", userIds)).ToHashSet());
            },
            cancellationToken);

        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var syncs = await db.Syncs.AsNoTracking().Where(s => s.ProjectId == projectId && s.DeletedAt == null).OrderBy(s => s.Id).ToListAsync(cancellationToken);
        var standings = new List<ListStanding>();
        foreach (var sync in syncs)
        {
            var run = latest.TryGetValue(sync.Id, out var runId)
                ? await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == runId, cancellationToken)
                : null;
            var receipt = run is null ? null : await ReceiptAsync(run, userIds, cancellationToken);
            standings.Add(new ListStanding
            {
                Sync = sync,
                OnList = sync.ListId is { } listId && (onLists.Contains((sync.Id, listId)) || await OthersStandForAsync(sync.Id, listId, receipt, cancellationToken)),
                Run = run,
                Receipt = receipt,
                LastRun = await db.Runs.AsNoTracking().Where(r => r.SyncId == sync.Id && r.FinishedAt != null)
                    .OrderByDescending(r => r.Id).FirstOrDefaultAsync(cancellationToken),
            });
        }

        return standings;
    }

    // Whoever changed address has two: the one of the address that counts now.
    private async Task<Receipt?> ReceiptAsync(Run run, List<int> userIds, CancellationToken cancellationToken) =>
        (await receipts.ReadPageAsync(run, new ReceiptFilter(null, null, null) { UserIds = userIds }, 0, 10, cancellationToken))
            .OrderBy(r => r.Operation == "remove" || r.Reason?.StartsWith("removal_", StringComparison.Ordinal) == true).FirstOrDefault();

    private async Task<bool> OthersStandForAsync(int syncId, long listId, Receipt? receipt, CancellationToken cancellationToken) =>
        receipt is { Reason: Matching.SkipReasons.Duplicate } && await Task.Run(
            () =>
            {
                using var connection = store.Open();
                return connection.Query(
                    SameIdentity, r => r.GetInt64(0), ("sync", syncId), ("list", listId), ("email", receipt.Email), ("iterable_user_id", receipt.IterableUserId))[0] > 0;
            },
            cancellationToken);
}
