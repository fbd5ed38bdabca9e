using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Muster.Control;
using Muster.Syncs.Delivery;
using Muster.Syncs.Ledger;
using Muster.Syncs.Runs;

namespace Muster.Syncs;

/// <summary>Finds the list of a sync, makes it when there is none, and takes over one that others filled.</summary>
public sealed class ListResolver(IRunLedger ledger, IDbContextFactory<ControlDb> factory, SyncOptions options, TimeProvider clock, ILogger<ListResolver> logger)
{
    // A list just made may be unknown to the next calls for a moment: it is asked for again before it is believed gone.
    private static readonly TimeSpan[] Patience = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)];

    /// <summary>The name of a cohort's list.</summary>
    public static string NameOf(Cohort cohort) => string.Create(CultureInfo.InvariantCulture, $"mixpanel_{cohort.Name}_{cohort.Id}");

    /// <summary>Gives the id of the sync's list, which then exists and whose content the ledger knows.</summary>
    public async Task<long> ResolveAsync(RunSubject subject, IListDestination destination, CancellationToken cancellationToken)
    {
        var sync = subject.Sync;
        if (sync.ListId is { } known && await IsThereAsync(destination, known, cancellationToken))
        {
            // Not read ever: what the ledger has is from a backup, and the list has changed since.
            if (subject.Run.Trigger == RunTrigger.Reconcile || sync.ListReadAt is null)
            {
                await AdoptAsync(subject, known, destination.ReadAsync(known, cancellationToken), cancellationToken);
                await KeepAsync(sync, known, cancellationToken);
            }

            return known;
        }

        sync.ListName = NameOf(subject.Cohort);
        var found = await destination.FindListAsync(sync.ListName, cancellationToken);
        var listId = found ?? await destination.CreateListAsync(sync.ListName, cancellationToken);
        // Before the id is kept: a run cut off here must read the list again, not trust a ledger it never filled. One just
        // made is empty, even if an earlier list had its id: a sandbox that was emptied counts from the start again.
        var content = found is null ? AsyncEnumerable.Empty<string>() : destination.ReadAsync(listId, cancellationToken);
        await AdoptAsync(subject, listId, content, cancellationToken);
        await KeepAsync(sync, listId, cancellationToken);
        return listId;
    }

    /// <summary>Lets go of a list that turned out to be gone.</summary>
    public Task ForgetAsync(RunSubject subject, CancellationToken cancellationToken) => KeepAsync(subject.Sync, null, cancellationToken);

    private async Task AdoptAsync(RunSubject subject, long listId, IAsyncEnumerable<string> content, CancellationToken cancellationToken)
    {
        var (strangers, missing) = await ledger.AdoptAsync(
            subject.Sync, subject.Run.Id, listId, subject.Connection.ProjectType, content, cancellationToken);
        Log.ListRead(logger, subject.Run.Id, subject.Sync.Id, strangers, missing);
    }

    /// <summary>Whether a list is there still; one that is not shown is asked for again for some seconds.</summary>
    internal async Task<bool> IsThereAsync(IListDestination destination, long listId, CancellationToken cancellationToken)
    {
        foreach (var wait in Patience)
        {
            if (await destination.HasListAsync(listId, cancellationToken))
            {
                return true;
            }

            await Task.Delay(wait, clock, cancellationToken);
        }

        return await destination.HasListAsync(listId, cancellationToken);
    }

    // The content is known now: nothing has to be compared for a while.
    private async Task KeepAsync(Sync sync, long? listId, CancellationToken cancellationToken)
    {
        sync.ListId = listId;
        DateTimeOffset? now = clock.GetUtcNow();
        var next = now + options.DriftInterval;
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        await db.Syncs.Where(s => s.Id == sync.Id).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.ListId, listId).SetProperty(s => s.ListName, sync.ListName)
                .SetProperty(s => s.ListReadAt, now).SetProperty(s => s.NextDriftCheckAt, next).SetProperty(s => s.DriftSuspectedAt, (DateTimeOffset?)null),
            cancellationToken);
    }
}
