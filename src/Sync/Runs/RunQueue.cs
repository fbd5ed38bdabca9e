using Microsoft.EntityFrameworkCore;
using Muster.Control;

namespace Muster.Syncs.Runs;

/// <summary>Makes runs, at most one open for each sync.</summary>
public static class RunQueue
{
    /// <summary>The run of a sync that is queued or going; null when there is none.</summary>
    public static Task<Run?> FindOpenAsync(ControlDb db, int syncId, CancellationToken cancellationToken) =>
        db.Runs.FirstOrDefaultAsync(
            r => r.SyncId == syncId && (r.Status == RunStatus.Queued || r.Status == RunStatus.Running), cancellationToken);

    /// <summary>Makes a queued run and notes it as the sync's last.</summary>
    /// <param name="db">Where runs are.</param>
    /// <param name="sync">The sync to run.</param>
    /// <param name="trigger">What asks for it.</param>
    /// <param name="approved">Whether the removal guard is lifted.</param>
    /// <param name="clock">The time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="dueAt">When it should have begun, if that is past; null: it is asked for now.</param>
    public static async Task<Run> AddAsync(
        ControlDb db, Sync sync, RunTrigger trigger, bool approved, TimeProvider clock, CancellationToken cancellationToken, DateTimeOffset? dueAt = null)
    {
        var now = clock.GetUtcNow();
        var run = new Run
        {
            SyncId = sync.Id,
            Trigger = trigger,
            Status = RunStatus.Queued,
            Approved = approved,
            QueuedAt = dueAt < now ? dueAt.Value : now,
            ListId = sync.ListId,
            ListName = sync.ListName,
        };
        db.Runs.Add(run);
        await db.SaveChangesAsync(cancellationToken);
        sync.LastRunId = run.Id;
        await db.SaveChangesAsync(cancellationToken);
        return run;
    }

    /// <summary>Cancels what waits; what goes on already is not touched.</summary>
    public static Task CancelQueuedAsync(ControlDb db, int syncId, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return db.Runs.Where(r => r.SyncId == syncId && r.Status == RunStatus.Queued).ExecuteUpdateAsync(
            set => set.SetProperty(r => r.Status, RunStatus.Canceled).SetProperty(r => r.FinishedAt, now), cancellationToken);
    }
}
