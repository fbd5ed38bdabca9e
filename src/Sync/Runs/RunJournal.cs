using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Muster.Control;
using Muster.Syncs.Delivery;

namespace Muster.Syncs.Runs;

/// <summary>Writes what a run does to its row, for pages, REST and the command line: steps as they begin, progress twice a second.</summary>
public sealed class RunJournal : IAsyncDisposable
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(500);

    private readonly ControlDb _db;
    private readonly Run _run;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly (int Retries, long Bytes) _before;
    private readonly RunTrace _trace;
    private IListDestination? _destination;
    private long _savedAt;

    private RunJournal(ControlDb db, Run run, TimeProvider clock, ILogger logger)
    {
        (_db, _run, _clock, _logger) = (db, run, clock, logger);
        _before = (run.Retries, run.Bytes);
        _trace = new RunTrace(run, clock);
    }

    /// <summary>Opens the journal of a run and marks it running.</summary>
    public static async Task<RunJournal> OpenAsync(
        IDbContextFactory<ControlDb> factory, long runId, TimeProvider clock, ILogger logger, CancellationToken cancellationToken)
    {
        var db = await factory.CreateDbContextAsync(cancellationToken);
        var run = await db.Runs.SingleAsync(r => r.Id == runId, cancellationToken);
        run.Status = RunStatus.Running;
        run.StartedAt ??= clock.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken);
        return new RunJournal(db, run, clock, logger);
    }

    /// <summary>Takes the numbers of retries and bytes from a destination from now on.</summary>
    public void Watch(IListDestination destination) => _destination = destination;

    /// <summary>The run has come to a step.</summary>
    public Task BeginAsync(RunStep step, CancellationToken cancellationToken)
    {
        // Before anything asynchronous: only so is the step's span the caller's current one.
        _trace.Begin(step);
        return ChangeAsync(
            now =>
            {
                Log.StepBegan(_logger, _run.Id, step);
                _run.Step = step;
                _run.Steps = [.. Closed(now), new RunStepTime { Step = step, StartedAt = now }];
            },
            cancellationToken);
    }

    /// <summary>The run knows its list.</summary>
    public Task ListAsync(long listId, string listName, CancellationToken cancellationToken) =>
        ChangeAsync(_ => (_run.ListId, _run.ListName) = (listId, listName), cancellationToken);

    /// <summary>The run knows its numbers.</summary>
    public Task CountsAsync(RunCounts counts, CancellationToken cancellationToken) => ChangeAsync(_ => _run.Counts = counts, cancellationToken);

    /// <summary>So many subscribers were acknowledged before, in so many calls. The row may know of fewer when the process ended; of more when the list was made again.</summary>
    public Task DoneAsync(long done, int calls, CancellationToken cancellationToken) =>
        ChangeAsync(_ => (_run.Done, _run.Calls) = (done, Math.Max(_run.Calls, calls)), cancellationToken);

    /// <summary>One more batch was; written down now and then.</summary>
    public async Task AcknowledgedAsync(ListBatch batch, Acknowledgement acknowledgement, CancellationToken cancellationToken)
    {
        Telemetry.Acknowledged(batch, acknowledgement);
        await _gate.WaitAsync(cancellationToken);
        try
        {
            _trace.Acknowledged(_clock.GetUtcNow());
            _run.Done += batch.Subscribers.Count;
            _run.Calls++;
            if (_clock.GetElapsedTime(_savedAt) >= ProgressInterval)
            {
                await SaveAsync(cancellationToken);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// The run has ended, and its sync is left as that end leaves it. Both are seen at once: whoever waits for the end of a
    /// run may rely on the sync's state, and on the cohort's size, then.
    /// </summary>
    /// <param name="status">How it ended.</param>
    /// <param name="error">Why, when it did not succeed.</param>
    /// <param name="leave">Leaves the sync, as it is now, where it belongs, within the same transaction; says whether it is stopped.</param>
    /// <returns>Whether the sync is stopped, so that nothing more is to be planned for it.</returns>
    public async Task<bool> EndAsync(RunStatus status, RunError? error, Func<ControlDb, Sync, Task<bool>> leave)
    {
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            var now = _clock.GetUtcNow();
            await using var transaction = await _db.Database.BeginTransactionAsync(CancellationToken.None);
            _run.Status = status;
            _run.Error = error;
            _run.FinishedAt = now;
            _run.Steps = Closed(now);
            await SaveAsync(CancellationToken.None);
            var stopped = await leave(_db, await _db.Syncs.AsNoTracking().SingleAsync(s => s.Id == _run.SyncId));
            await RecordCountAsync(now);
            await _db.SaveChangesAsync(CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
            _trace.End(now);
            var counts = _run.Counts;
            Log.RunEnded(
                _logger, _run.Id, _run.SyncId, status, error?.Code ?? "no error", counts.Members, counts.Adds, counts.Removes, counts.Unchanged, _run.Calls);
            return stopped;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _trace.Dispose();
        await _db.DisposeAsync();
        _gate.Dispose();
    }

    private async Task RecordCountAsync(DateTimeOffset now)
    {
        // Before that the members are not known, and before its first step a run has none.
        if (_run.Step is null or < RunStep.Match)
        {
            return;
        }

        var members = _run.Counts.Members;
        var cohortId = await _db.Syncs.Where(s => s.Id == _run.SyncId).Select(s => s.CohortId).SingleAsync();
        _db.CohortCounts.Add(new CohortCount { CohortId = cohortId, At = now, Count = members });
        await _db.Cohorts.Where(c => c.Id == cohortId).ExecuteUpdateAsync(set => set.SetProperty(c => c.Count, members).SetProperty(c => c.CountedAt, now));
    }

    private List<RunStepTime> Closed(DateTimeOffset now) => _run.Steps.ConvertAll(s => s.FinishedAt is null ? s with { FinishedAt = now } : s);

    private async Task ChangeAsync(Action<DateTimeOffset> change, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            change(_clock.GetUtcNow());
            await SaveAsync(cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        if (_destination?.Totals is { } totals)
        {
            (_run.Retries, _run.Bytes) = (_before.Retries + totals.Retries, _before.Bytes + totals.Bytes);
        }

        await _db.SaveChangesAsync(cancellationToken);
        _savedAt = _clock.GetTimestamp();
    }
}
