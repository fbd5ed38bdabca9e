using Muster.Cohorts.Compilation;
using Muster.Control;
using Muster.Syncs.Delivery;
using Muster.Syncs.Ledger;
using Muster.Syncs.Matching;
using Muster.Syncs.Planning;
using Muster.Syncs.Receipts;
using Muster.Warehouse;
using Muster.Warehouse.DuckDb;

namespace Muster.Tests.Unit.Syncs;

/// <summary>A warehouse in a folder of its own with people written straight into it, and a ledger over it.</summary>
internal sealed class LedgerWorld : IAsyncDisposable
{
    public const int ProjectId = 1;

    private readonly string _folder = Directory.CreateTempSubdirectory("muster-ledger-").FullName;
    private DuckDbLedger _ledger;
    private readonly ProjectType _projectType;
    private readonly bool _canonicalIdAsUserId;
    private long _nextRun;

    public LedgerWorld(ProjectType projectType = ProjectType.Email, bool canonicalIdAsUserId = false)
    {
        Store = new DuckDbStore(new WarehouseOptions { DataDir = _folder });
        _ledger = new DuckDbLedger(Store, TimeProvider.System);
        _projectType = projectType;
        _canonicalIdAsUserId = canonicalIdAsUserId;
    }

    public DuckDbStore Store { get; private set; }

    public DuckDbLedger Ledger => _ledger;

    public MatchRules Rules => new()
    {
        ConnectionId = 1,
        ProjectType = _projectType,
        CanonicalIdAsUserId = _canonicalIdAsUserId,
        Now = TimeProvider.System.GetUtcNow(),
    };

    public Sync Sync { get; } = new()
    {
        Id = 1,
        ProjectId = ProjectId,
        CohortId = 1,
        ConnectionId = 1,
        Type = SyncType.Dynamic,
        IntervalSeconds = 60,
        Status = SyncStatus.Active,
        ListName = "list",
        CreatedAt = DateTimeOffset.UnixEpoch,
        CreatedBy = "test",
    };

    public void Person(int userId, string? email = null, string? iterableUserId = null, string? distinctId = null)
    {
        using var connection = Store.Open();
        connection.Execute("DELETE FROM identity WHERE user_id = $id", ("id", userId));
        connection.Execute("DELETE FROM profile WHERE user_id = $id", ("id", userId));
        connection.Execute("INSERT INTO identity VALUES ($id, 1, $name)", ("id", userId), ("name", distinctId ?? $"p{userId}"));
        connection.Execute(
            "INSERT INTO profile VALUES ($id, 1, '{}', $email, $iuid, NULL, NULL, NULL)", ("id", userId), ("email", email), ("iuid", iterableUserId));
    }

    /// <summary>People 1 to <paramref name="count"/>, each with an address.</summary>
    public int[] People(int count)
    {
        using var connection = Store.Open();
        connection.Execute("INSERT INTO identity SELECT i, 1, 'p' || i FROM range(1, $count + 1) t(i)", ("count", count));
        connection.Execute("INSERT INTO profile SELECT i, 1, '{}', 'p' || i || '@x.io', NULL, NULL, NULL, NULL FROM range(1, $count + 1) t(i)", ("count", count));
        return [.. Enumerable.Range(1, count)];
    }

    public async Task<RunPlan> PlanAsync(long listId, params int[] members)
    {
        var runId = ++_nextRun;
        await using var workspace = await _ledger.OpenWorkspaceAsync(Sync, listId, default);
        await workspace.StageAsync(
            new MemberQuery("SELECT unnest($c0::INTEGER[]) AS user_id", [new("c0", members.ToList())]), default);
        await workspace.MatchAsync(Rules, default);
        var plan = await workspace.PlanAsync(runId, default);
        await workspace.CommitAsync(plan, default);
        return plan;
    }

    public async Task<List<ListBatch>> BatchesAsync(RunPlan plan, ListOperation operation)
    {
        var batches = new List<ListBatch>();
        await foreach (var batch in _ledger.PendingBatchesAsync(plan, operation, default))
        {
            batches.Add(batch);
        }

        return batches;
    }

    public async Task AcknowledgeAllAsync(RunPlan plan, Func<Subscriber, string?>? reject = null)
    {
        foreach (var operation in new[] { ListOperation.Add, ListOperation.Remove })
        {
            foreach (var batch in await BatchesAsync(plan, operation))
            {
                var rejections = batch.Subscribers
                    .Select(s => (s.Ordinal, Reason: reject?.Invoke(s))).Where(r => r.Reason is not null)
                    .Select(r => new Rejection(r.Ordinal, r.Reason!)).ToList();
                await _ledger.RecordAsync(plan, batch, new Acknowledgement(rejections), default);
            }
        }
    }

    public async Task<RunPlan> RunAsync(long listId, int[] members, Func<Subscriber, string?>? reject = null)
    {
        var plan = await PlanAsync(listId, members);
        await AcknowledgeAllAsync(plan, reject);
        await _ledger.SettleAsync(plan, 1, default);
        return plan;
    }

    public List<string> OnLedger(long listId)
    {
        using var connection = Store.Open();
        return connection.Query(
            "SELECT coalesce(email, '') || '/' || coalesce(iterable_user_id, '') FROM ledger WHERE list_id = $list ORDER BY 1",
            r => r.GetString(0), ("list", listId));
    }

    public List<string> Owners(long listId)
    {
        using var connection = Store.Open();
        return connection.Query("SELECT email || ' ' || user_id FROM ledger WHERE list_id = $list ORDER BY 1", r => r.GetString(0), ("list", listId));
    }

    public async Task<List<string>> ReceiptsAsync(RunPlan plan)
    {
        var run = new Run
        {
            Id = plan.RunId,
            SyncId = 1,
            Trigger = RunTrigger.Manual,
            Status = RunStatus.Succeeded,
            Approved = false,
            QueuedAt = DateTimeOffset.UnixEpoch,
            FinishedAt = DateTimeOffset.UnixEpoch,
        };
        var receipts = await new ReceiptReader(Store).ReadPageAsync(run, new ReceiptFilter(null, null, null), 0, 10_000, default);
        return receipts.ConvertAll(r => $"{r.DistinctId} {r.Operation} {r.Outcome} {r.Reason}".TrimEnd());
    }

    /// <summary>What a killed process leaves behind: the file is closed and opened again, nothing else is carried over.</summary>
    public async Task ReopenAsync()
    {
        await _ledger.DisposeAsync();
        Store.Dispose();
        Store = new DuckDbStore(new WarehouseOptions { DataDir = _folder });
        _ledger = new DuckDbLedger(Store, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        Store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
