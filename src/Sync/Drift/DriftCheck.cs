using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Muster.Control;
using Muster.Syncs.Delivery;
using Muster.Syncs.Ledger;
using Muster.Syncs.Runs;

namespace Muster.Syncs.Drift;

/// <summary>Finds out whether others changed a sync's list: its size first, and a run that reads and repairs it only when that is needed.</summary>
/// <remarks>
/// Iterable may tell an earlier size for minutes after a change. So a size is only believed to be wrong when no recent
/// run explains it; one that a run may explain is asked for again until it is right or an hour has passed.
/// </remarks>
public sealed class DriftCheck(
    IListDestinations destinations, IRunLedger ledger, ISyncSchedule schedule, IDbContextFactory<ControlDb> factory, SyncOptions options,
    TimeProvider clock, ILogger<DriftCheck> logger)
{
    /// <summary>A size that never agrees for so many settling times is drift, however much the sync itself changes meanwhile.</summary>
    private const int PatienceInSettlingTimes = 6;

    /// <summary>The syncs whose list is due to be looked at, by connection.</summary>
    public async Task<IReadOnlyList<IGrouping<int, int>>> FindDueAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        // Further ahead than an interval: the clock was set back.
        var latest = now + options.DriftInterval;
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var due = await db.Syncs.AsNoTracking()
            .Where(s => s.Type == SyncType.Dynamic && s.Status == SyncStatus.Active && s.DeletedAt == null && s.ListId != null
                && (s.NextDriftCheckAt == null || s.NextDriftCheckAt <= now || s.NextDriftCheckAt > latest))
            .OrderBy(s => s.NextDriftCheckAt).Select(s => new { s.Id, s.ConnectionId }).ToListAsync(cancellationToken);
        return [.. due.GroupBy(s => s.ConnectionId, s => s.Id)];
    }

    /// <summary>Looks at one sync's list.</summary>
    /// <returns>What was found; null when it could not be looked at now.</returns>
    public async Task<DriftFinding?> CheckAsync(int syncId, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var sync = await db.Syncs.SingleAsync(s => s.Id == syncId, cancellationToken);
        if (sync is not { Status: SyncStatus.Active, DeletedAt: null, ListId: { } listId })
        {
            return null;
        }

        if (await RunQueue.FindOpenAsync(db, syncId, cancellationToken) is not null)
        {
            // What a run changes meanwhile would be taken for drift; the next look finds it over.
            return null;
        }

        var now = clock.GetUtcNow();
        if (sync.ListReadAt is null || now - sync.ListReadAt >= options.ListReadInterval)
        {
            return await ReadAsync(db, sync, DriftFinding.ReadIsDue, now, cancellationToken);
        }

        var lastRun = await db.Runs.Where(r => r.SyncId == syncId).MaxAsync(r => (long?)r.Id, cancellationToken) ?? 0;
        long told;
        try
        {
            told = await (await destinations.OpenAsync(sync.ConnectionId, cancellationToken)).CountAsync(listId, cancellationToken);
        }
        catch (DestinationException e)
        {
            // Its own runs meet the same trouble, and tell of it.
            Log.SizeNotTold(logger, syncId, e.Code);
            sync.NextDriftCheckAt = now + options.SettlingTime;
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }

        if (await db.Runs.AnyAsync(r => r.SyncId == syncId && r.Id > lastRun, cancellationToken))
        {
            // One began while the size was asked for.
            return null;
        }

        var finding = Judge(told, await ledger.SizeAsync(syncId, listId, cancellationToken), await RecentAsync(db, syncId, now, cancellationToken));
        if (finding == DriftFinding.MayBeDelay && sync.DriftSuspectedAt is { } since && now - since >= options.SettlingTime * PatienceInSettlingTimes)
        {
            finding = DriftFinding.Differs;
        }

        switch (finding)
        {
            case DriftFinding.Differs:
                return await ReadAsync(db, sync, finding, now, cancellationToken);
            case DriftFinding.MayBeDelay:
                sync.DriftSuspectedAt ??= now;
                sync.NextDriftCheckAt = now + options.SettlingTime;
                break;
            default:
                sync.DriftSuspectedAt = null;
                sync.NextDriftCheckAt = now + options.DriftInterval;
                break;
        }

        await db.SaveChangesAsync(cancellationToken);
        return finding;
    }

    /// <summary>Judges a size that Iterable told.</summary>
    /// <param name="told">The size.</param>
    /// <param name="known">What the ledger has.</param>
    /// <param name="recent">What the runs of the last settling time added and removed at most.</param>
    internal static DriftFinding Judge(long told, LedgerSize known, (long Adds, long Removes) recent)
    {
        var (least, most) = (known.Certain, known.Certain + known.Uncertain);
        if (told >= least && told <= most)
        {
            return DriftFinding.Agrees;
        }

        return told >= least - recent.Adds && told <= most + recent.Removes ? DriftFinding.MayBeDelay : DriftFinding.Differs;
    }

    private async Task<(long Adds, long Removes)> RecentAsync(ControlDb db, int syncId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = now - options.SettlingTime;
        var runs = await db.Runs.AsNoTracking().Where(r => r.SyncId == syncId && r.FinishedAt > since && r.Calls > 0)
            .Select(r => r.Counts).ToListAsync(cancellationToken);
        return (runs.Sum(c => c.Adds), runs.Sum(c => c.Removes));
    }

    // The run reads the list before it plans, and notes then when it did.
    private async Task<DriftFinding?> ReadAsync(ControlDb db, Sync sync, DriftFinding finding, DateTimeOffset now, CancellationToken cancellationToken)
    {
        sync.NextDriftCheckAt = now + options.DriftInterval;
        sync.DriftSuspectedAt = null;
        var run = await RunQueue.AddAsync(db, sync, RunTrigger.Reconcile, approved: false, clock, cancellationToken);
        await schedule.EnqueueAsync(sync, run.Id, cancellationToken);
        Log.ListToBeRead(logger, sync.Id, run.Id, finding);
        return finding;
    }
}

/// <summary>What a look at a list's size says.</summary>
public enum DriftFinding
{
    /// <summary>The size is what the ledger has.</summary>
    Agrees,

    /// <summary>It is not, but it was before a run a moment ago: it is looked at again.</summary>
    MayBeDelay,

    /// <summary>It is not: the list is read.</summary>
    Differs,

    /// <summary>The list was not read for so long that it is read whatever its size.</summary>
    ReadIsDue,
}
