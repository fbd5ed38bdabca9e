using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Muster.Cohorts.Compilation;
using Muster.Control;
using Muster.Syncs.Delivery;

namespace Muster.Syncs.Runs;

/// <summary>Carries a run from queued to its end, and its sync to where that end leaves it.</summary>
public sealed class SyncRunner(
    SyncRun syncRun, ActiveRuns activeRuns, SyncStanding standing, ISyncSchedule schedule, IDbContextFactory<ControlDb> factory, TimeProvider clock, ILogger<SyncRunner> logger)
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
            await EndAsync(subject, journal, RunStatus.Succeeded, null, (db, sync) => standing.SucceededAsync(db, sync, subject));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Log.RunInterrupted(logger, runId, subject.Sync.Id);
        }
        catch (OperationCanceledException) when (canceled.Token.IsCancellationRequested)
        {
            await syncRun.SettleEarlyAsync(subject, journal, CancellationToken.None);
            await EndAsync(subject, journal, RunStatus.Canceled, null, (_, _) => Task.FromResult(false));
        }
        catch (RunStoppedException e) when (e.IsHeld)
        {
            var error = Error(e.Code, e.Message, transient: false);
            await EndAsync(subject, journal, RunStatus.Held, error, (db, sync) => standing.HeldAsync(db, sync, subject, error));
        }
        catch (RunStoppedException e)
        {
            // A dynamic sync stays on: its next run sees whether the data is better by then.
            await FailAsync(subject, journal, Error(e.Code, e.Message, transient: false), pauses: type => type == SyncType.OneTime);
        }
        catch (CohortException e)
        {
            await FailAsync(subject, journal, Error("cohort_invalid", e.Message, transient: false), pauses: _ => true);
        }
        catch (DestinationException e)
        {
            await syncRun.SettleEarlyAsync(subject, journal, CancellationToken.None);
            await FailAsync(subject, journal, Error(e.Code, e.Message, e.IsTransient, e.HttpStatus), pauses: _ => !e.IsTransient);
        }
#pragma warning disable CA1031 // The last resort: whatever it was, the run must not be left 'running' for ever, and the fault is logged and shown.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.RunBroke(logger, e, runId, subject.Sync.Id);
            await FailAsync(
                subject, journal,
                Error("internal", $"Muster itself failed in this run ({e.GetType().Name}). The ledger knows what was acknowledged; the next run goes on from there. The log has the details under run {runId}.", transient: true),
                pauses: _ => false);
        }
    }

    private async Task EndAsync(RunSubject subject, RunJournal journal, RunStatus status, RunError? error, Func<ControlDb, Sync, Task<bool>> leave)
    {
        if (await journal.EndAsync(status, error, leave))
        {
            await schedule.UnplanAsync(subject.Sync, CancellationToken.None);
        }
    }

    private static RunError Error(string code, string message, bool transient, int? httpStatus = null) =>
        new() { Code = code, Message = message, Transient = transient, HttpStatus = httpStatus };

    private Task FailAsync(RunSubject subject, RunJournal journal, RunError error, Func<SyncType, bool> pauses) => EndAsync(
        subject, journal, RunStatus.Failed, error, (db, sync) => standing.FailedAsync(db, sync, subject, error, pauses(sync.Type)));

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
}
