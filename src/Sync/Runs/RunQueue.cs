using Microsoft.EntityFrameworkCore;
using Muster.Control;

namespace Muster.Syncs.Runs;

/// <summary>Makes runs, at most one open for each sync.</summary>
internal static class RunQueue
{
    public static Task<Run?> FindOpenAsync(ControlDb db, int syncId, CancellationToken cancellationToken) =>
        db.Runs.FirstOrDefaultAsync(
            r => r.SyncId == syncId && (r.Status == RunStatus.Queued || r.Status == RunStatus.Running), cancellationToken);

    public static async Task<Run> AddAsync(
        ControlDb db, Sync sync, RunTrigger trigger, bool approved, TimeProvider clock, CancellationToken cancellationToken)
    {
        var run = new Run
        {
            SyncId = sync.Id,
            Trigger = trigger,
            Status = RunStatus.Queued,
            Approved = approved,
            QueuedAt = clock.GetUtcNow(),
            ListId = sync.ListId,
            ListName = sync.ListName,
        };
        db.Runs.Add(run);
        await db.SaveChangesAsync(cancellationToken);
        sync.LastRunId = run.Id;
        await db.SaveChangesAsync(cancellationToken);
        return run;
    }
}
