using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Syncs.Runs;

namespace Muster.Scheduling;

/// <summary>Ends what is planned and what goes on over a connection that was disconnected.</summary>
internal sealed class StoppedConnections(
    IDbContextFactory<ControlDb> factory, ISyncSchedule schedule, ActiveRuns activeRuns, TimeProvider clock) : IConnectionStopped
{
    public async Task StoppedAsync(int connectionId, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        foreach (var sync in await db.Syncs.AsNoTracking().Where(s => s.ConnectionId == connectionId).ToListAsync(cancellationToken))
        {
            await schedule.UnplanAsync(sync, cancellationToken);
            await RunQueue.CancelQueuedAsync(db, sync.Id, clock, cancellationToken);
            activeRuns.Cancel(sync.Id);
        }
    }
}
