using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Muster.Cohorts.Compilation;
using Muster.Control;
using Muster.Syncs.Delivery;

namespace Muster.Syncs.Runs;

/// <summary>Carries a run from queued to its end, and its sync to where that end leaves it.</summary>
public sealed class SyncRunner(
    SyncRun syncRun, ActiveRuns activeRuns, ISyncSchedule schedule, IDbContextFactory<ControlDb> factory, ReceiptRetention retention,
    TimeProvider clock, ILogger<SyncRunner> logger)
{
    /// <summary>Makes the run that a schedule calls for; null when the sync wants none now.</summary>
    public async Task<long?> CreateScheduledAsync(int syncId, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var sync = await db.Syncs.SingleOrDefaultAsync(s => s.Id == syncId, cancellationToken);
        if (sync is not { Status: SyncStatus.Active, DeletedAt: null })
        {
            return null;
        }

        // A run asked for by hand is waiting already: one is enough.
        return await RunQueue.FindOpenAsync(db, syncId, cancellationToken) is null
            ? (await RunQueue.AddAsync(db, sync, RunTrigger.Schedule, approved: false, clock, cancellationToken, dueAt: sync.NextRunAt)).Id
            : null;
    }

    /// <summary>Executes a queued or interrupted run. One that has ended or was canceled meanwhile is left alone.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="stopping">Canceled when the process stops: the run is left as it is and goes on at the next start.</param>
    public async Task ExecuteAsync(long runId, CancellationToken stopping)
    {
        if (await LoadAsync(runId, stopping) is not { } subject)
        {
            return;
        }

        using var canceled = activeRuns.Enter(subject.Sync.Id, stopping);
        await using var journal = await RunJournal.OpenAsync(factory, runId, clock, logger, stopping);
        Log.RunStarted(logger, runId, subject.Sync.Id, subject.Run.Trigger);
        try
        {
            await syncRun.ExecuteAsync(subject, journal, canceled.Token);
            await journal.EndAsync(RunStatus.Succeeded, null, CancellationToken.None);
            await FollowAsync(subject, subject.Sync.Type == SyncType.OneTime ? SyncStatus.NotActive : SyncStatus.Active, null);
            await retention.ApplyAsync(subject.Sync, CancellationToken.None);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Log.RunInterrupted(logger, runId, subject.Sync.Id);
            return;
        }
        catch (OperationCanceledException) when (canceled.Token.IsCancellationRequested)
        {
            await syncRun.SettleEarlyAsync(subject, journal, CancellationToken.None);
            await journal.EndAsync(RunStatus.Canceled, null, CancellationToken.None);
        }
        catch (RunStoppedException e) when (e.IsHeld)
        {
            await journal.EndAsync(RunStatus.Held, Error(e.Code, e.Message, transient: false), CancellationToken.None);
            await FollowAsync(subject, SyncStatus.Held, e.Message);
        }
        catch (RunStoppedException e)
        {
            // A dynamic sync stays on: its next run sees whether the data is better by then.
            await journal.EndAsync(RunStatus.Failed, Error(e.Code, e.Message, transient: false), CancellationToken.None);
            await FollowAsync(
                subject, subject.Sync.Type == SyncType.Dynamic ? SyncStatus.Active : SyncStatus.Paused, e.Message);
        }
        catch (CohortException e)
        {
            await journal.EndAsync(RunStatus.Failed, Error("cohort_invalid", e.Message, transient: false), CancellationToken.None);
            await FollowAsync(subject, SyncStatus.Paused, e.Message);
        }
        catch (DestinationException e)
        {
            await syncRun.SettleEarlyAsync(subject, journal, CancellationToken.None);
            await journal.EndAsync(RunStatus.Failed, Error(e.Code, e.Message, e.IsTransient, e.HttpStatus), CancellationToken.None);
            await FollowAsync(subject, e.IsTransient ? SyncStatus.Active : SyncStatus.Paused, e.IsTransient ? null : e.Message);
        }
#pragma warning disable CA1031 // The last resort: whatever it was, the run must not be left 'running' for ever, and the fault is logged and shown.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.RunBroke(logger, e, runId, subject.Sync.Id);
            await journal.EndAsync(
                RunStatus.Failed,
                Error("internal", $"Muster itself failed in this run ({e.GetType().Name}). The ledger knows what was acknowledged; the next run goes on from there. The log has the details under run {runId}.", transient: true),
                CancellationToken.None);
        }

        await RecordCountAsync(runId, subject);
    }

    private static RunError Error(string code, string message, bool transient, int? httpStatus = null) =>
        new() { Code = code, Message = message, Transient = transient, HttpStatus = httpStatus };

    private async Task<RunSubject?> LoadAsync(long runId, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var run = await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == runId, cancellationToken);
        if (run is not { Status: RunStatus.Queued or RunStatus.Running })
        {
            return null;
        }

        var sync = await db.Syncs.AsNoTracking().SingleAsync(s => s.Id == run.SyncId, cancellationToken);
        return new RunSubject
        {
            Run = run,
            Sync = sync,
            Cohort = await db.Cohorts.AsNoTracking().SingleAsync(c => c.Id == sync.CohortId, cancellationToken),
            Connection = await db.Connections.AsNoTracking().SingleAsync(c => c.Id == sync.ConnectionId, cancellationToken),
            Project = await db.Projects.AsNoTracking().SingleAsync(p => p.Id == sync.ProjectId, cancellationToken),
        };
    }

    // Where the run leaves its sync, unless a person has decided otherwise meanwhile.
    private async Task FollowAsync(RunSubject subject, SyncStatus status, string? reason)
    {
        if (status == SyncStatus.Active)
        {
            return;
        }

        await using var db = await factory.CreateDbContextAsync(CancellationToken.None);
        var changed = await db.Syncs.Where(s => s.Id == subject.Sync.Id && s.Status == SyncStatus.Active).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.Status, status).SetProperty(s => s.PausedReason, reason).SetProperty(s => s.NextRunAt, (DateTimeOffset?)null));
        if (changed > 0)
        {
            await schedule.UnplanAsync(subject.Sync, CancellationToken.None);
        }
    }

    private async Task RecordCountAsync(long runId, RunSubject subject)
    {
        await using var db = await factory.CreateDbContextAsync(CancellationToken.None);
        var run = await db.Runs.AsNoTracking().SingleAsync(r => r.Id == runId);
        // Before that the members are not known, and before its first step a run has none.
        if (run.Step is null or < RunStep.Match)
        {
            return;
        }

        var now = clock.GetUtcNow();
        db.CohortCounts.Add(new CohortCount { CohortId = subject.Cohort.Id, At = now, Count = run.Counts.Members });
        await db.SaveChangesAsync();
        await db.Cohorts.Where(c => c.Id == subject.Cohort.Id).ExecuteUpdateAsync(
            set => set.SetProperty(c => c.Count, run.Counts.Members).SetProperty(c => c.CountedAt, now));
    }
}
