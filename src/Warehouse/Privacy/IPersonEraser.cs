namespace Muster.Warehouse.Privacy;

/// <summary>Deletes people from the store of events, profiles and identities.</summary>
public interface IPersonEraser
{
    /// <summary>Deletes the person that an id belongs to: events, profile, all ids and what is noted about them. Completes when it is durable.</summary>
    /// <exception cref="WarehouseUnavailableException">The store cannot take writes now; nothing was deleted.</exception>
    Task<ErasedRecords> EraseAsync(int projectId, string distinctId, CancellationToken cancellationToken);
}

/// <summary>What was deleted of one person.</summary>
/// <param name="Ids">Their distinct ids.</param>
/// <param name="Events">Their events.</param>
/// <param name="Profiles">1, or 0 when they had no profile.</param>
/// <param name="RefusedMerges">Refused merges that named one of their ids.</param>
public sealed record ErasedRecords(int Ids, int Events, int Profiles, int RefusedMerges)
{
    /// <summary>Nothing.</summary>
    public static ErasedRecords None { get; } = new(0, 0, 0, 0);
}
