using Muster.Control;
using Muster.Syncs.Runs;

namespace Muster.Syncs;

/// <summary>What people do to syncs: start, run, pause, resume, approve, reconcile, delete.</summary>
public sealed class SyncChanges(ControlDb db, ISyncSchedule schedule, ActiveRuns activeRuns, TimeProvider clock)
{
    /// <summary>Makes a run and has it start as soon as the connection is free; null when one is going already. A sync that was paused, held or done is on again.</summary>
    public async Task<Run?> StartRunAsync(Sync sync, RunTrigger trigger, bool approved, CancellationToken cancellationToken)
    {
        if (await RunQueue.FindOpenAsync(db, sync.Id, cancellationToken) is not null)
        {
            return null;
        }

        // Before the run can end: its end decides where the sync stands then.
        if (sync.Status != SyncStatus.Active)
        {
            await ActivateAsync(sync, cancellationToken);
        }

        var run = await RunQueue.AddAsync(db, sync, trigger, approved, clock, cancellationToken);
        await schedule.EnqueueAsync(sync, run.Id, cancellationToken);
        return run;
    }

    /// <summary>Makes the sync active and plans its next runs: every interval for a dynamic one; for a one-time one, until it is done.</summary>
    public async Task ActivateAsync(Sync sync, CancellationToken cancellationToken)
    {
        sync.Status = SyncStatus.Active;
        sync.PausedReason = null;
        sync.NextRunAt = clock.GetUtcNow().AddSeconds(sync.IntervalSeconds);
        await db.SaveChangesAsync(cancellationToken);
        await schedule.PlanAsync(sync, sync.NextRunAt.Value, cancellationToken);
    }

    /// <summary>Stops the sync: nothing is planned for it, a waiting run is canceled, one under way stops after its calls.</summary>
    public async Task StopAsync(Sync sync, SyncStatus status, string? reason, CancellationToken cancellationToken)
    {
        sync.Status = status;
        sync.PausedReason = reason;
        sync.NextRunAt = null;
        await db.SaveChangesAsync(cancellationToken);
        await schedule.UnplanAsync(sync, cancellationToken);
        await RunQueue.CancelQueuedAsync(db, sync.Id, clock, cancellationToken);
        activeRuns.Cancel(sync.Id);
    }
}
