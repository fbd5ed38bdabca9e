namespace Muster.Syncs;

/// <summary>Limits and defaults of syncs.</summary>
public sealed record SyncOptions
{
    /// <summary>From the start of one scheduled run to the start of the next, unless the sync says otherwise.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The shortest interval a sync may ask for.</summary>
    public TimeSpan MinInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many dynamic syncs a project may have.</summary>
    public int MaxDynamic { get; init; } = 60;

    /// <summary>How many members an export may have.</summary>
    public long MaxMembers { get; init; } = 10_000_000;

    /// <summary>How often the size of a dynamic sync's list is compared with the ledger.</summary>
    public TimeSpan DriftInterval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How often a dynamic sync's list is read whole, whatever its size says.</summary>
    public TimeSpan ListReadInterval { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long after a change Iterable may still tell an earlier size of a list.</summary>
    public TimeSpan SettlingTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long receipts are kept.</summary>
    public TimeSpan ReceiptRetention { get; init; } = TimeSpan.FromDays(30);
}
