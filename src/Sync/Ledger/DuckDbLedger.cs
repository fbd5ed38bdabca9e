using System.Runtime.CompilerServices;
using System.Text.Json;
using DuckDB.NET.Data;
using Muster.Control;
using Muster.Syncs.Delivery;
using Muster.Syncs.Planning;
using Muster.Warehouse.DuckDb;

namespace Muster.Syncs.Ledger;

/// <summary>The ledger in DuckDB.</summary>
internal sealed class DuckDbLedger(DuckDbStore store, TimeProvider clock) : IRunLedger, IAsyncDisposable
{
    /// <summary>Batches read from the plan at once: a page is one short statement, and no stream stays open while calls wait.</summary>
    private const int BatchesPerPage = 20;

    private const string Plan = "SELECT summary FROM plan WHERE run_id = $run";

    private const string Leftovers = "SELECT summary FROM plan WHERE sync_id = $sync AND NOT settled ORDER BY run_id";

    private const string Acknowledged = "SELECT batch FROM acknowledgement WHERE run_id = $run AND operation = $operation";

    private const string Rows = """
        SELECT ordinal, email, iterable_user_id FROM receipt
        WHERE run_id = $run AND operation = $operation AND ordinal BETWEEN $first AND $last ORDER BY ordinal
        """;

    private const string InsertAttempt = "INSERT INTO attempt VALUES ($run, $operation, $through)";

    private const string InsertAcknowledgement = "INSERT INTO acknowledgement VALUES ($run, $operation, $batch, $at)";

    private const string InsertRejection = "INSERT INTO rejection VALUES ($run, $operation, $ordinal, $reason)";

    private static readonly string[] ForgetRun =
    [
        "DELETE FROM receipt WHERE run_id = $run",
        "DELETE FROM attempt WHERE run_id = $run",
        "DELETE FROM acknowledgement WHERE run_id = $run",
        "DELETE FROM rejection WHERE run_id = $run",
        "DELETE FROM plan WHERE run_id = $run",
    ];

    // Receipts of skipped people may stand for later runs too: they go with the last of those.
    private static readonly string[] ForgetOlder =
    [
        """
        CREATE TEMP TABLE forgettable AS
        SELECT run_id, coalesce(skipped_of, run_id) AS skipped_of FROM plan WHERE sync_id = $sync AND run_id < $run
        """,
        "DELETE FROM receipt WHERE run_id IN (SELECT run_id FROM forgettable) AND operation <> 'none'",
        """
        DELETE FROM receipt WHERE operation = 'none' AND run_id IN (
            SELECT skipped_of FROM forgettable
            WHERE skipped_of NOT IN (SELECT coalesce(skipped_of, run_id) FROM plan WHERE sync_id = $sync AND run_id >= $run))
        """,
        "DELETE FROM attempt WHERE run_id IN (SELECT run_id FROM forgettable)",
        "DELETE FROM acknowledgement WHERE run_id IN (SELECT run_id FROM forgettable)",
        "DELETE FROM rejection WHERE run_id IN (SELECT run_id FROM forgettable)",
        "DELETE FROM plan WHERE run_id IN (SELECT run_id FROM forgettable)",
        "DELETE FROM ledger_past WHERE sync_id = $sync AND until_run < $run",
    ];

    private const string Size = """
        SELECT count(*) FILTER (certain), count(*) FILTER (NOT certain) FROM ledger WHERE sync_id = $sync AND list_id = $list
        """;

    // Refusals stay: the forgotten ones are the whole connection's.
    private static readonly string[] ForgetSync =
    [
        "CREATE TEMP TABLE forgettable AS SELECT run_id FROM plan WHERE sync_id = $sync UNION SELECT skipped_of FROM plan WHERE sync_id = $sync",
        "DELETE FROM receipt WHERE run_id IN (SELECT run_id FROM forgettable)",
        "DELETE FROM attempt WHERE run_id IN (SELECT run_id FROM forgettable)",
        "DELETE FROM acknowledgement WHERE run_id IN (SELECT run_id FROM forgettable)",
        "DELETE FROM rejection WHERE run_id IN (SELECT run_id FROM forgettable)",
        "DELETE FROM plan WHERE sync_id = $sync",
        "DELETE FROM ledger WHERE sync_id = $sync",
        "DELETE FROM ledger_past WHERE sync_id = $sync",
    ];

    private readonly DuckDbWriter _writer = new(store);

    /// <summary>Strips what is kept of earlier runs of the names of people who were deleted.</summary>
    /// <param name="userIds">Their ids.</param>
    /// <param name="runningSyncs">The syncs that can still run: only they take the people off their lists, and need their names for it.</param>
    /// <param name="cancellationToken">Stops before the write, never during it.</param>
    public Task EraseAsync(List<int> userIds, List<int> runningSyncs, CancellationToken cancellationToken) => _writer.WriteAsync(
        connection =>
        {
            DuckDbErasing.EraseFromLists(connection, userIds, runningSyncs);
            DuckDbErasing.ErasePast(connection, userIds);
            return true;
        },
        cancellationToken);

    public Task<IRunWorkspace> OpenWorkspaceAsync(Sync sync, long listId, CancellationToken cancellationToken) =>
        Task.FromResult<IRunWorkspace>(new DuckDbWorkspace(store, sync, listId));

    public Task<RunPlan?> FindPlanAsync(long runId, CancellationToken cancellationToken) => RunAsync(connection =>
        connection.Query(Plan, ReadPlan, ("run", runId)).SingleOrDefault(), cancellationToken);

    public async Task SettleLeftoversAsync(Sync sync, CancellationToken cancellationToken)
    {
        foreach (var plan in await RunAsync(connection => connection.Query(Leftovers, ReadPlan, ("sync", sync.Id)), cancellationToken))
        {
            await SettleAsync(plan!, sync.ConnectionId, cancellationToken);
        }
    }

    public async IAsyncEnumerable<ListBatch> PendingBatchesAsync(
        RunPlan plan, ListOperation operation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var done = await AcknowledgedAsync(plan.RunId, operation, cancellationToken);
        var pending = Enumerable.Range(1, operation == ListOperation.Add ? plan.AddBatches : plan.RemoveBatches).Where(n => !done.Contains(n));
        foreach (var page in pending.Chunk(BatchesPerPage))
        {
            // Durable before the first of these calls: only so is it known after a crash which of them may have arrived.
            await _writer.WriteAsync(
                connection => connection.Execute(InsertAttempt, ("run", plan.RunId), ("operation", Name(operation)), ("through", page[^1])), cancellationToken);
            var rows = await RunAsync(
                connection => connection.Query(
                    Rows, r => new Subscriber(r.GetInt32(0), r.TextOrNull(1), r.TextOrNull(2)),
                    ("run", plan.RunId), ("operation", Name(operation)),
                    ("first", First(page[0])), ("last", First(page[^1] + 1) - 1)),
                cancellationToken);
            foreach (var batch in rows.GroupBy(r => (r.Ordinal - 1) / RunPlan.BatchSize + 1).Where(g => page.Contains(g.Key)))
            {
                yield return new ListBatch { ListId = plan.ListId, Operation = operation, Number = batch.Key, Subscribers = batch.ToList() };
            }
        }
    }

    public async Task<(long Subscribers, int Calls)> CountAcknowledgedAsync(RunPlan plan, CancellationToken cancellationToken)
    {
        static long Rows(IEnumerable<int> batches, long total) => batches.Sum(n => Math.Min(RunPlan.BatchSize, total - First(n) + 1));
        var adds = await AcknowledgedAsync(plan.RunId, ListOperation.Add, cancellationToken);
        var removes = await AcknowledgedAsync(plan.RunId, ListOperation.Remove, cancellationToken);
        return (Rows(adds, plan.Counts.Adds) + Rows(removes, plan.RemovesSent), adds.Count + removes.Count);
    }

    public Task RecordAsync(RunPlan plan, ListBatch batch, Acknowledgement acknowledgement, CancellationToken cancellationToken)
    {
        var operation = Name(batch.Operation);
        return _writer.WriteAsync(
            connection =>
            {
                connection.Execute(
                    InsertAcknowledgement, ("run", plan.RunId), ("operation", operation), ("batch", batch.Number), ("at", clock.GetUtcNow().UtcDateTime));
                foreach (var (ordinal, reason) in acknowledgement.Rejections)
                {
                    connection.Execute(InsertRejection, ("run", plan.RunId), ("operation", operation), ("ordinal", ordinal), ("reason", reason));
                }

                return true;
            },
            cancellationToken);
    }

    public async Task<IReadOnlyDictionary<string, long>> SettleAsync(RunPlan plan, int connectionId, CancellationToken cancellationToken)
    {
        var complete = (await CountAcknowledgedAsync(plan, cancellationToken)).Subscribers == plan.Counts.Adds + plan.RemovesSent;
        return await TransactAsync(connection => DuckDbSettling.Settle(connection, plan, connectionId, complete, clock.GetUtcNow()), cancellationToken);
    }

    public Task DiscardAsync(long runId, CancellationToken cancellationToken) =>
        TransactAsync(connection => ExecuteAll(connection, ForgetRun, ("run", runId)), cancellationToken);

    public async Task<Adoption> AdoptAsync(
        Sync sync, long runId, long listId, ProjectType projectType, IAsyncEnumerable<string> identifiers, CancellationToken cancellationToken)
    {
        await using var connection = store.Open();
        await DuckDbAdopting.ReadAsync(connection, identifiers, cancellationToken);
        return await Task.Run(
            () =>
            {
                using var transaction = connection.BeginTransaction();
                var adoption = DuckDbAdopting.Adopt(connection, sync.Id, runId, listId, projectType);
                transaction.Commit();
                return adoption;
            },
            cancellationToken);
    }

    public Task ForgetBeforeAsync(int syncId, long oldestKeptRun, CancellationToken cancellationToken) =>
        TransactAsync(connection => ExecuteAll(connection, ForgetOlder, ("sync", syncId), ("run", oldestKeptRun)), cancellationToken);

    public Task<LedgerSize> SizeAsync(int syncId, long listId, CancellationToken cancellationToken) => RunAsync(
        connection => connection.Query(Size, r => new LedgerSize(r.GetInt64(0), r.GetInt64(1)), ("sync", syncId), ("list", listId))[0], cancellationToken);

    public Task ForgetSyncAsync(int syncId, CancellationToken cancellationToken) =>
        TransactAsync(connection => ExecuteAll(connection, ForgetSync, ("sync", syncId)), cancellationToken);

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    internal static string Name(ListOperation operation) => operation == ListOperation.Add ? "add" : "remove";

    private static RunPlan? ReadPlan(DuckDBDataReader reader) => JsonSerializer.Deserialize<RunPlan>(reader.GetString(0), JsonSerializerOptions.Web);

    private static int First(int batch) => (batch - 1) * RunPlan.BatchSize + 1;

    private static bool ExecuteAll(DuckDBConnection connection, string[] statements, params ReadOnlySpan<(string, object?)> parameters)
    {
        foreach (var statement in statements)
        {
            connection.Execute(statement, parameters);
        }

        return true;
    }

    private async Task<HashSet<int>> AcknowledgedAsync(long runId, ListOperation operation, CancellationToken cancellationToken) =>
        await RunAsync(
            connection => connection.Query(Acknowledged, r => r.GetInt32(0), ("run", runId), ("operation", Name(operation))).ToHashSet(), cancellationToken);

    private Task<T> RunAsync<T>(Func<DuckDBConnection, T> work, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var connection = store.Open();
            return work(connection);
        },
        cancellationToken);

    private Task<T> TransactAsync<T>(Func<DuckDBConnection, T> work, CancellationToken cancellationToken) => RunAsync(
        connection =>
        {
            using var transaction = connection.BeginTransaction();
            var result = work(connection);
            transaction.Commit();
            return result;
        },
        cancellationToken);
}
