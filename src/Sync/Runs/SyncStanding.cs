using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Control.Notifications;

namespace Muster.Syncs.Runs;

/// <summary>Where the end of a run leaves its sync, and what its people are told of that.</summary>
/// <remarks>
/// The change and the notification are one transaction: neither is without the other, so each change is told once,
/// whatever becomes of the process.
/// </remarks>
public sealed class SyncStanding(ISyncSchedule schedule, IDbContextFactory<ControlDb> factory, SyncOptions options, TimeProvider clock)
{
    /// <summary>As many runs that fail in a row are told of, though the sync goes on by itself.</summary>
    private const int FailuresTold = 3;

    /// <summary>The run succeeded.</summary>
    public Task SucceededAsync(RunSubject subject) => ChangeAsync(subject, async (db, sync) =>
    {
        if (sync.Told is not null)
        {
            db.Notifications.Add(NotificationTexts.Recovered(subject, await CountsAsync(db, subject), clock.GetUtcNow()));
        }

        await db.Syncs.Where(s => s.Id == sync.Id).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.FailuresInRow, 0).SetProperty(s => s.Told, (NotificationKind?)null));
        return subject.Sync.Type == SyncType.OneTime && await LeaveActiveAsync(db, sync.Id, SyncStatus.NotActive, null);
    });

    /// <summary>The guard stopped the run.</summary>
    public Task HeldAsync(RunSubject subject, RunError error) => ChangeAsync(subject, async (db, sync) =>
    {
        var changed = await LeaveActiveAsync(db, sync.Id, SyncStatus.Held, error.Message);
        if (changed)
        {
            await TellAsync(db, sync, NotificationTexts.Held(subject, error, clock.GetUtcNow()));
        }

        return changed;
    });

    /// <summary>The run failed.</summary>
    /// <param name="subject">The run.</param>
    /// <param name="error">How.</param>
    /// <param name="pause">Whether only a person can mend it, so that no other run is tried.</param>
    public Task FailedAsync(RunSubject subject, RunError error, bool pause) => ChangeAsync(subject, async (db, sync) =>
    {
        var failures = sync.FailuresInRow + 1;
        await db.Syncs.Where(s => s.Id == sync.Id).ExecuteUpdateAsync(set => set.SetProperty(s => s.FailuresInRow, failures));
        if (subject.Run.Trigger == RunTrigger.Reconcile)
        {
            // What it should have read is read soon, not in a day.
            DateTimeOffset? soon = clock.GetUtcNow() + options.SettlingTime;
            await db.Syncs.Where(s => s.Id == sync.Id).ExecuteUpdateAsync(set => set.SetProperty(s => s.NextDriftCheckAt, soon));
        }

        var paused = pause && await LeaveActiveAsync(db, sync.Id, SyncStatus.Paused, error.Message);
        if (paused)
        {
            await TellAsync(db, sync, NotificationTexts.Paused(subject, error, clock.GetUtcNow()));
        }
        else if (failures >= FailuresTold && sync.Told is null)
        {
            await TellAsync(db, sync, NotificationTexts.Failing(subject, failures, error, clock.GetUtcNow()));
        }

        return paused;
    });

    private static async Task TellAsync(ControlDb db, Sync sync, Notification notification)
    {
        db.Notifications.Add(notification);
        await db.Syncs.Where(s => s.Id == sync.Id).ExecuteUpdateAsync(set => set.SetProperty(s => s.Told, notification.Kind));
    }

    private static async Task<RunCounts> CountsAsync(ControlDb db, RunSubject subject) =>
        await db.Runs.AsNoTracking().Where(r => r.Id == subject.Run.Id).Select(r => r.Counts).SingleAsync();

    // Unless a person has decided otherwise meanwhile.
    private static async Task<bool> LeaveActiveAsync(ControlDb db, int syncId, SyncStatus status, string? reason) =>
        await db.Syncs.Where(s => s.Id == syncId && s.Status == SyncStatus.Active).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.Status, status).SetProperty(s => s.PausedReason, reason).SetProperty(s => s.NextRunAt, (DateTimeOffset?)null)) > 0;

    /// <summary>Makes a change that says whether it stopped the sync; then nothing is planned for it any more.</summary>
    private async Task ChangeAsync(RunSubject subject, Func<ControlDb, Sync, Task<bool>> change)
    {
        bool stopped;
        await using var db = await factory.CreateDbContextAsync(CancellationToken.None);
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            var sync = await db.Syncs.AsNoTracking().SingleAsync(s => s.Id == subject.Sync.Id);
            stopped = await change(db, sync);
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        if (stopped)
        {
            await schedule.UnplanAsync(subject.Sync, CancellationToken.None);
        }
    }
}
