using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Muster.Control;
using Muster.Syncs.Ledger;

namespace Muster.Syncs.Runs;

/// <summary>Lets go of receipts older than they are to be kept, every hour and of every sync: paused, done and deleted ones too.</summary>
/// <remarks>Runs stay listed with their numbers; only their receipts go. Of a deleted sync the ledger goes with the last of them.</remarks>
public sealed class ReceiptRetention(
    IRunLedger ledger, IDbContextFactory<ControlDb> factory, SyncOptions options, TimeProvider clock, ILogger<ReceiptRetention> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Applies it once to all syncs.</summary>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        // One with an open run waits an hour: nothing is taken from under it.
        var syncs = await db.Syncs.AsNoTracking()
            .Where(s => !db.Runs.Any(r => r.SyncId == s.Id && r.FinishedAt == null)).OrderBy(s => s.Id).ToListAsync(cancellationToken);
        foreach (var sync in syncs)
        {
            await ApplyAsync(db, sync, cancellationToken);
        }

        Log.ReceiptsAged(logger, syncs.Count, options.ReceiptRetention.TotalDays);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await ApplyAsync(stoppingToken);
            }
#pragma warning disable CA1031 // Whatever broke is shown; without a catch no receipt would ever go again.
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                Log.RetentionBroke(logger, e);
            }
        }
    }

    private async Task ApplyAsync(ControlDb db, Sync sync, CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - options.ReceiptRetention;
        var runs = db.Runs.Where(r => r.SyncId == sync.Id);
        if (sync.DeletedAt is not null && !await runs.AnyAsync(r => r.FinishedAt >= before, cancellationToken))
        {
            await ledger.ForgetSyncAsync(sync.Id, cancellationToken);
        }
        else if (await runs.Where(r => r.FinishedAt < before).MaxAsync(r => (long?)r.Id, cancellationToken) is { } last)
        {
            await ledger.ForgetBeforeAsync(sync.Id, last + 1, cancellationToken);
        }
    }
}
