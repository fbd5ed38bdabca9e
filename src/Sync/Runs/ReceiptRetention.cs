using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Syncs.Ledger;

namespace Muster.Syncs.Runs;

/// <summary>Lets go of receipts older than they are to be kept.</summary>
public sealed class ReceiptRetention(IRunLedger ledger, IDbContextFactory<ControlDb> factory, SyncOptions options, TimeProvider clock)
{
    /// <summary>Applies it to one sync. Runs stay listed with their numbers; only their receipts go.</summary>
    public async Task ApplyAsync(Sync sync, CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - options.ReceiptRetention;
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var expired = await db.Runs.Where(r => r.SyncId == sync.Id && r.FinishedAt < before).MaxAsync(r => (long?)r.Id, cancellationToken);
        if (expired is { } last)
        {
            await ledger.ForgetBeforeAsync(sync.Id, last + 1, cancellationToken);
        }
    }
}
