namespace Muster.Warehouse.Profiles;

/// <summary>Where the profiles of groups are written.</summary>
public interface IGroupProfileStore
{
    /// <summary>Applies updates in order; completes when they are durable and seen by every later read of this process.</summary>
    /// <returns>One outcome for each update.</returns>
    /// <exception cref="WarehouseUnavailableException">The store cannot take writes now; nothing of this call was applied.</exception>
    Task<IReadOnlyList<ProfileOutcome>> ApplyAsync(IReadOnlyList<GroupUpdate> updates, CancellationToken cancellationToken);
}
