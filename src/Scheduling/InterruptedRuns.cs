using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Muster.Control;
using Muster.Syncs.Runs;

namespace Muster.Scheduling;

/// <summary>Has the runs go on that a stop or a crash of the process cut off, and plans the syncs whose planning it cut off.</summary>
internal sealed class InterruptedRuns(IDbContextFactory<ControlDb> factory, ISyncSchedule schedule) : IHostedService
{
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

        foreach (var sync in await db.Syncs.AsNoTracking().Where(s => s.Status == SyncStatus.Active && s.DeletedAt == null).ToListAsync(cancellationToken))
        {
            if (!await schedule.IsPlannedAsync(sync, cancellationToken))
            {
                await schedule.PlanAsync(sync, sync.NextRunAt ?? sync.CreatedAt, cancellationToken);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
