using System.Text.Json;
using DuckDB.NET.Data;
using Muster.Cohorts.Compilation;
using Muster.Control;
using Muster.Syncs.Matching;
using Muster.Syncs.Planning;
using Muster.Warehouse.DuckDb;

namespace Muster.Syncs.Ledger;

/// <summary>A connection with one open transaction: every step sees the same moment, and temporary tables carry it.</summary>
internal sealed class DuckDbWorkspace : IRunWorkspace
{
    private const string Staged = "CREATE TEMP TABLE staged (user_id INTEGER)";

    // A ledger's row may still name an id that was merged into another since.
    private const string DistinctIds = """
        SELECT n.user_id, i.distinct_id
        FROM (SELECT unnest($ids) AS user_id) n
        LEFT JOIN alias a ON a.user_id = n.user_id
        JOIN identity i ON i.user_id = coalesce(a.canonical_id, n.user_id)
        """;

    private const string InsertPlan = """
        INSERT INTO plan (run_id, sync_id, list_id, summary, skipped_of, skipped_fingerprint, settled)
        VALUES ($run, $sync, $list, $summary, $skippedOf, $fingerprint, false)
        """;

    private const string SameSkipped = """
        SELECT coalesce(skipped_of, run_id) FROM plan
        WHERE sync_id = $sync AND skipped_fingerprint = $fingerprint ORDER BY run_id DESC LIMIT 1
        """;

    private const long NoList = 0;

    // What matching and planning keep for each member and each row of the ledger.
    private const int BytesOfARow = 32;

    private readonly DuckDbStore _store;
    private readonly DuckDBConnection _connection;
    private readonly DuckDBTransaction _transaction;
    private readonly Sync _sync;
    private readonly long _listId;
    private MatchRules? _rules;
    private bool _refusals;
    private long _ledgerSize;
    private IDisposable? _memory;
    private RunCounts _counts = new();

    public DuckDbWorkspace(DuckDbStore store, Sync sync, long listId)
    {
        _store = store;
        _connection = store.Open();
        _transaction = _connection.BeginTransaction();
        _sync = sync;
        _listId = listId;
    }

    public async Task AdoptAsync(ProjectType projectType, IAsyncEnumerable<string> identifiers, CancellationToken cancellationToken)
    {
        await DuckDbAdopting.ReadAsync(_connection, identifiers, cancellationToken);
        await RunAsync(() => DuckDbAdopting.Adopt(_connection, _sync.Id, 0, _listId, projectType), cancellationToken);
    }

    public Task<long> StageAsync(MemberQuery query, CancellationToken cancellationToken) => RunAsync(() =>
    {
        _connection.Execute(Staged);
        using var command = _connection.CreateCommand();
        // The compiler's own statement with its values as parameters: nothing from outside is concatenated.
        command.CommandText = string.Concat("INSERT INTO staged SELECT user_id FROM (", query.Sql, ") member");
        foreach (var (name, value) in query.Parameters)
        {
            command.Parameters.Add(new DuckDBParameter(name, value ?? DBNull.Value));
        }

        var members = (long)command.ExecuteNonQuery();
        _ledgerSize = _connection.Query(DuckDbPlanning.CountLedger, r => r.GetInt64(0), Parameters())[0];
        var mebibytes = (members + _ledgerSize) * BytesOfARow >> 20;
        _memory = _store.LendMemory(mebibytes);
        _store.KeepBlocks(mebibytes);
        return members;
    }, cancellationToken);

    public Task<RunCounts> MatchAsync(MatchRules rules, CancellationToken cancellationToken) => RunAsync(() =>
    {
        _rules = rules;
        foreach (var statement in DuckDbMatching.Statements(rules))
        {
            _connection.Execute(statement);
        }

        _refusals = _connection.Query(DuckDbMatching.CountRefusals, r => r.GetInt64(0), Parameters())[0] > 0;
        if (_refusals)
        {
            _connection.Execute(DuckDbMatching.MarkRefused(rules.ProjectType), Parameters());
        }

        foreach (var statement in DuckDbMatching.MarkDuplicates(rules.ProjectType))
        {
            _connection.Execute(statement);
        }

        var byReason = _connection.Query(DuckDbPlanning.CountCandidates, r => (Reason: r.GetString(0), Count: r.GetInt64(1)));
        _counts = new RunCounts
        {
            Members = byReason.Sum(r => r.Count),
            Matched = byReason.Where(r => r.Reason.Length == 0).Sum(r => r.Count),
            Skipped = byReason.Where(r => r.Reason.Length > 0).OrderBy(r => r.Reason, StringComparer.Ordinal).ToDictionary(r => r.Reason, r => r.Count),
        };
        return _counts;
    }, cancellationToken);

    public Task<RunPlan> PlanAsync(long runId, CancellationToken cancellationToken) => RunAsync(() =>
    {
        foreach (var statement in DuckDbPlanning.Statements(_rules!.ProjectType, _refusals))
        {
            _connection.Execute(statement, Parameters());
        }

        var kinds = _connection.Query(DuckDbPlanning.CountChanges, r => (Kind: r.GetString(0), Count: r.GetInt64(1))).ToDictionary(r => r.Kind, r => r.Count);
        var adds = kinds.GetValueOrDefault("add") + kinds.GetValueOrDefault("resend");
        var removes = kinds.GetValueOrDefault("remove");
        var withoutCall = kinds.GetValueOrDefault("replaced") + kinds.GetValueOrDefault("forgotten");
        return new RunPlan
        {
            RunId = runId,
            SyncId = _sync.Id,
            ListId = _listId,
            Counts = _counts with
            {
                Adds = adds,
                Removes = removes + withoutCall,
                RemovesWithoutCall = withoutCall,
                Unchanged = _counts.Matched - adds,
            },
            RemovesSent = removes,
            RemovesFirst = _rules.ProjectType == ProjectType.Hybrid && _connection.Query(DuckDbPlanning.MayBeOneUser, r => r.GetBoolean(0), Parameters())[0],
            LedgerSize = _ledgerSize,
        };
    }, cancellationToken);

    public Task CommitAsync(RunPlan plan, CancellationToken cancellationToken) => RunAsync(() =>
    {
        var fingerprint = _connection.Query(DuckDbPlanning.SkippedFingerprint, r => r.GetString(0))[0];
        var skippedOf = _connection.Query(SameSkipped, r => (long?)r.GetInt64(0), [.. Parameters(), ("fingerprint", fingerprint)]).FirstOrDefault();
        (string, object?)[] parameters =
        [
            .. Parameters().Where(p => p.Name != "list"), ("list", plan.ListId), ("run", plan.RunId), ("summary", JsonSerializer.Serialize(plan, JsonSerializerOptions.Web)),
            ("skippedOf", skippedOf), ("fingerprint", fingerprint),
        ];
        _connection.Execute(DuckDbPlanning.ReceiptsOfAdds, parameters);
        _connection.Execute(DuckDbPlanning.ReceiptsOfRemoves, parameters);
        _connection.Execute(DuckDbPlanning.ReceiptsOfOwners, parameters);
        if (skippedOf is null)
        {
            _connection.Execute(DuckDbPlanning.ReceiptsOfSkipped, parameters);
        }

        _connection.Execute(InsertPlan, parameters);
        _transaction.Commit();
        return true;
    }, cancellationToken);

    public async Task<RunPlan> CommitSkippedAsync(long runId, CancellationToken cancellationToken)
    {
        // No list: what the ledger has on it is neither changed nor found unchanged.
        var plan = new RunPlan { RunId = runId, SyncId = _sync.Id, ListId = NoList, Counts = _counts, RemovesSent = 0, LedgerSize = 0 };
        await RunAsync(() => _connection.Execute(DuckDbPlanning.Change), cancellationToken);
        await CommitAsync(plan, cancellationToken);
        return plan;
    }

    public Task<PlanSample> SampleAsync(CancellationToken cancellationToken) => RunAsync(() =>
    {
        List<SampledSubscriber> Sample(string sql)
        {
            var rows = _connection.Query(sql, r => (UserId: r.IsDBNull(0) ? (int?)null : r.GetInt32(0), Email: r.TextOrNull(1), IterableUserId: r.TextOrNull(2)), Parameters());
            var ids = rows.Where(r => r.UserId is not null).Select(r => r.UserId!.Value).ToList();
            var names = ids.Count == 0 ? [] : _connection.Query(DistinctIds, r => (Id: r.GetInt32(0), Name: r.GetString(1)), ("ids", ids)).ToDictionary(r => r.Id, r => r.Name);
            return rows.ConvertAll(r => new SampledSubscriber(r.UserId is { } id ? names.GetValueOrDefault(id) : null, r.Email, r.IterableUserId));
        }

        return new PlanSample(Sample(DuckDbPlanning.SampleOfAdds), Sample(DuckDbPlanning.SampleOfRemoves));
    }, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
        _memory?.Dispose();
    }

    private (string Name, object? Value)[] Parameters() =>
    [
        ("sync", _sync.Id), ("list", _listId), ("connection", _sync.ConnectionId),
        ("retryBefore", _rules?.RetryRefusalsBefore.UtcDateTime), ("now", _rules?.Now.UtcDateTime), ("byUserId", _rules?.ProjectType != ProjectType.Email),
    ];

    // The engine blocks its caller for seconds on large cohorts: that thread must not be one that serves requests.
    private static Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken) =>
        Task.Run(work, cancellationToken);
}
