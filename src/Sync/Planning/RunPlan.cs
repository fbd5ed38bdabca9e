using Muster.Control;

namespace Muster.Syncs.Planning;

/// <summary>What a run is going to do, pinned: it is written whole, with the receipts it rests on, before the first call.</summary>
public sealed record RunPlan
{
    /// <summary>Subscribers in one call, at most (Iterable's limit is 1,000; a thousand of the longest stay far below 4 MB).</summary>
    public const int BatchSize = 1000;

    /// <summary>The run.</summary>
    public required long RunId { get; init; }

    /// <summary>The sync.</summary>
    public required int SyncId { get; init; }

    /// <summary>The list it acts on.</summary>
    public required long ListId { get; init; }

    /// <summary>The numbers, without what Iterable rejects.</summary>
    public required RunCounts Counts { get; init; }

    /// <summary>Subscribers to take off by a call; less than the removes when one was only replaced by the same user under a better identifier.</summary>
    public required long RemovesSent { get; init; }

    /// <summary>Whether removes go before adds, where an add must not be undone by a remove of the same user under a name that is not known to be theirs.</summary>
    public bool RemovesFirst { get; init; }

    /// <summary>Subscribers on the list before the run, as the ledger has it.</summary>
    public required long LedgerSize { get; init; }

    /// <summary>Batches of adds.</summary>
    public int AddBatches => Batches(Counts.Adds);

    /// <summary>Batches of removes.</summary>
    public int RemoveBatches => Batches(RemovesSent);

    /// <summary>Subscribe and unsubscribe calls together.</summary>
    public int Calls => AddBatches + RemoveBatches;

    /// <summary>Why this plan needs someone's approval first; null when it does not.</summary>
    public string? HeldBecause(Sync sync)
    {
        if (sync.GuardPercent is not { } percent || sync.GuardAtLeast is not { } atLeast || Counts.Removes == 0)
        {
            return null;
        }

        if (Counts.Members == 0)
        {
            return $"The cohort fell to zero members: the run would take all {Counts.Removes:N0} subscribers off the list.";
        }

        return Counts.Removes >= atLeast && Counts.Removes * 100 > LedgerSize * percent
            ? $"The run would take {Counts.Removes:N0} of {LedgerSize:N0} subscribers off the list, more than the guard allows ({percent} % and at least {atLeast:N0})."
            : null;
    }

    private static int Batches(long rows) => (int)((rows + BatchSize - 1) / BatchSize);
}
