namespace Muster.Warehouse.Events;

/// <summary>Where events are written.</summary>
public interface IEventStore
{
    /// <summary>Stores events; completes when they are durable and seen by every later read of this process.</summary>
    /// <remarks>
    /// An event that was stored before is not stored again: same project, name, distinct id, time and insert id, among
    /// the last few millions. Where the clock here gave the time (none came, or one in the future), the time does not
    /// count, so that a batch sent again is recognised. All of a call are stored or none.
    /// </remarks>
    /// <exception cref="WarehouseUnavailableException">The store cannot take writes now; nothing of this call was stored.</exception>
    Task<AppendOutcome> AppendAsync(IReadOnlyList<NewEvent> events, CancellationToken cancellationToken);
}

/// <summary>What became of the events of one call.</summary>
/// <param name="Stored">How many are new.</param>
/// <param name="Duplicates">How many were there already, or twice in the call.</param>
public sealed record AppendOutcome(int Stored, int Duplicates);
