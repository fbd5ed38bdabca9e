using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Muster.Cohorts.Compilation;
using Muster.Control;
using Muster.Syncs.Delivery;

namespace Muster.Syncs.Runs;

/// <summary>Carries a run from queued to its end, and its sync to where that end leaves it.</summary>
public sealed class SyncRunner(
    SyncRun syncRun, ActiveRuns activeRuns, SyncStanding standing, IDbContextFactory<ControlDb> factory, TimeProvider clock, ILogger<SyncRunner> logger)
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
            ? (await RunQueue.AddAsync(db, sync, RunTrigger.Schedule, approved: false, clock, cancellationToken)).Id
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
            await standing.SucceededAsync(subject);
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
            var error = Error(e.Code, e.Message, transient: false);
            await journal.EndAsync(RunStatus.Held, error, CancellationToken.None);
            await standing.HeldAsync(subject, error);
        }
        catch (RunStoppedException e)
        {
            // A dynamic sync stays on: its next run sees whether the data is better by then.
            await FailAsync(subject, journal, Error(e.Code, e.Message, transient: false), pause: subject.Sync.Type == SyncType.OneTime);
        }
        catch (CohortException e)
        {
            await FailAsync(subject, journal, Error("cohort_invalid", e.Message, transient: false), pause: true);
        }
        catch (DestinationException e)
        {
            await syncRun.SettleEarlyAsync(subject, journal, CancellationToken.None);
            await FailAsync(subject, journal, Error(e.Code, e.Message, e.IsTransient, e.HttpStatus), pause: !e.IsTransient);
        }
#pragma warning disable CA1031 // The last resort: whatever it was, the run must not be left 'running' for ever, and the fault is logged and shown.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.RunBroke(logger, e, runId, subject.Sync.Id);
            await FailAsync(
                subject, journal,
                Error("internal", $"Muster itself failed in this run ({e.GetType().Name}). The ledger knows what was acknowledged; the next run goes on from there. The log has the details under run {runId}.", transient: true),
                pause: false);
        }

        await RecordCountAsync(runId, subject);
    }

    private static RunError Error(string code, string message, bool transient, int? httpStatus = null) =>
        new() { Code = code, Message = message, Transient = transient, HttpStatus = httpStatus };

    private async Task FailAsync(RunSubject subject, RunJournal journal, RunError error, bool pause)
    {
        await journal.EndAsync(RunStatus.Failed, error, CancellationToken.None);
        await standing.FailedAsync(subject, error, pause);
    }

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
