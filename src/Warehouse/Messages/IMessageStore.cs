namespace Muster.Warehouse.Messages;

/// <summary>Where message events that Iterable reports are written.</summary>
public interface IMessageStore
{
    /// <summary>Finds whose they are and stores them; completes when they are durable and seen by every later read of this process.</summary>
    /// <remarks>
    /// An event is stored once for its project, name and insert id, whoever it is found to be of: a repetition that comes
    /// after its person became known is still one. All of a call are stored or none.
    /// </remarks>
    /// <exception cref="WarehouseUnavailableException">The store cannot take writes now; nothing of this call was stored.</exception>
    Task<MessageOutcome> AddAsync(IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken);
}

/// <summary>What became of the message events of one call.</summary>
/// <param name="Stored">How many are new.</param>
/// <param name="Duplicates">How many were there already, or twice in the call.</param>
/// <param name="Unresolved">How many of the new ones are of someone who is not known.</param>
public sealed record MessageOutcome(int Stored, int Duplicates, int Unresolved);
