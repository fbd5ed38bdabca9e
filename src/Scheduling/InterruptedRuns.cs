using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Muster.Control;
using Muster.Syncs.Runs;

namespace Muster.Scheduling;

/// <summary>
/// Has the runs go on that a stop or a crash of the process cut off, plans the syncs whose planning it cut off, and spreads
/// those that became due meanwhile.
/// </summary>
/// <remarks>
/// All that became due would else start at once, and be due together from then on, over whatever connections: a burst
/// that comes again every interval.
/// </remarks>
internal sealed class InterruptedRuns(IDbContextFactory<ControlDb> factory, ISyncSchedule schedule, TimeProvider clock) : IHostedService
{
    // Of its interval, a sync waits no longer than this to make up for what it missed, and never longer than a minute.
    private const double SpreadShare = 0.1;

    private static readonly TimeSpan LongestSpread = TimeSpan.FromMinutes(1);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var open = await db.Runs.AsNoTracking()
            .Where(r => r.Status == RunStatus.Queued || r.Status == RunStatus.Running)
            .Join(db.Syncs.AsNoTracking(), r => r.SyncId, s => s.Id, (run, sync) => new { run.Id, Sync = sync })
            .OrderBy(r => r.Id).ToListAsync(cancellationToken);
        foreach (var run in open)
        {
            await schedule.EnqueueAsync(run.Sync, run.Id, cancellationToken);
        }

        var active = await db.Syncs.Where(s => s.Status == SyncStatus.Active && s.DeletedAt == null).OrderBy(s => s.NextRunAt).ToListAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var missed = active.FindAll(s => (s.NextRunAt ?? s.CreatedAt) < now);
        for (var i = 0; i < missed.Count; i++)
        {
            var within = TimeSpan.FromSeconds(Math.Min(missed[i].IntervalSeconds * SpreadShare, LongestSpread.TotalSeconds));
            missed[i].NextRunAt = now + (within * i / missed.Count);
            await schedule.PlanAsync(missed[i], missed[i].NextRunAt!.Value, cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        foreach (var sync in active.Except(missed))
        {
            if (!await schedule.IsPlannedAsync(sync, cancellationToken))
            {
                await schedule.PlanAsync(sync, sync.NextRunAt!.Value, cancellationToken);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
