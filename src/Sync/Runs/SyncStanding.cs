using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Control.Notifications;

namespace Muster.Syncs.Runs;

/// <summary>Where the end of a run leaves its sync, and what its people are told of that.</summary>
/// <remarks>
/// Each is called within the transaction that ends the run (<see cref="RunJournal.EndAsync"/>): the end, the change and
/// the notification are seen together or not at all, so each change is told once, whatever becomes of the process. Each
/// says whether the sync is stopped by it, so that nothing more is to be planned.
/// </remarks>
public sealed class SyncStanding(SyncOptions options, TimeProvider clock)
{
    /// <summary>As many runs that fail in a row are told of, though the sync goes on by itself.</summary>
    private const int FailuresTold = 3;

    /// <summary>The run succeeded.</summary>
    public async Task<bool> SucceededAsync(ControlDb db, Sync sync, RunSubject subject)
    {
        if (sync.Told is not null)
        {
            db.Notifications.Add(NotificationTexts.Recovered(subject, await CountsAsync(db, subject), clock.GetUtcNow()));
        }

        await db.Syncs.Where(s => s.Id == sync.Id).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.FailuresInRow, 0).SetProperty(s => s.Told, (NotificationKind?)null));
        return sync.Type == SyncType.OneTime && await LeaveActiveAsync(db, sync.Id, SyncStatus.NotActive, null);
    }

    /// <summary>The guard stopped the run.</summary>
    public async Task<bool> HeldAsync(ControlDb db, Sync sync, RunSubject subject, RunError error)
    {
        var changed = await LeaveActiveAsync(db, sync.Id, SyncStatus.Held, error.Message);
        if (changed)
        {
            await TellAsync(db, sync, NotificationTexts.Held(subject, error, clock.GetUtcNow()));
        }

        return changed;
    }

    /// <summary>The run failed.</summary>
    /// <param name="db">The transaction's context.</param>
    /// <param name="sync">The sync as it is now: its type may have been changed while the run went on.</param>
    /// <param name="subject">The run.</param>
    /// <param name="error">How.</param>
    /// <param name="pause">Whether only a person can mend it, so that no other run is tried.</param>
    public async Task<bool> FailedAsync(ControlDb db, Sync sync, RunSubject subject, RunError error, bool pause)
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
    }

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
}
