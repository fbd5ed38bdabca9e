namespace Muster.Warehouse.Forwarding;

/// <summary>The message events that wait to go on to another place, by connection. Events enter it with <see cref="Messages.IMessageStore"/>.</summary>
/// <remarks>What is in it survives a kill: an event leaves only when its receiver has taken or refused it.</remarks>
public interface IForwardQueue
{
    /// <summary>The next events in order of position, with who their person is now; empty when there are none.</summary>
    /// <param name="connectionId">The connection.</param>
    /// <param name="after">The position of the last one already read; 0 at the start.</param>
    IReadOnlyList<QueuedEvent> Read(int connectionId, long after);

    /// <summary>The receiver has dealt with the connection's events from one position to another: all taken but those refused.</summary>
    /// <exception cref="WarehouseUnavailableException">The store cannot take writes now; they stay in the queue.</exception>
    Task SettleAsync(int connectionId, long first, long last, IReadOnlyList<ForwardRefusal> refused, CancellationToken cancellationToken);

    /// <summary>How many wait, and how many were refused.</summary>
    ForwardDepth Depth(int connectionId);

    /// <summary>Refused events in order of position.</summary>
    /// <param name="connectionId">The connection.</param>
    /// <param name="after">The position of the last one seen; 0 at the start.</param>
    /// <param name="most">How many at most.</param>
    IReadOnlyList<RefusedEvent> Refused(int connectionId, long after, int most);

    /// <summary>Puts refused events back into the queue, all of them or those at the positions given; gives how many.</summary>
    Task<int> RetryAsync(int connectionId, IReadOnlyList<long>? positions, CancellationToken cancellationToken);

    /// <summary>Forgets refused events, all of them or those at the positions given; gives how many.</summary>
    Task<int> DiscardAsync(int connectionId, IReadOnlyList<long>? positions, CancellationToken cancellationToken);

    /// <summary>Forgets all of a connection, what waits too.</summary>
    Task ClearAsync(int connectionId, CancellationToken cancellationToken);
}

/// <summary>An event that waits.</summary>
/// <param name="Position">Its place in the queue.</param>
/// <param name="Name">Its name.</param>
/// <param name="DistinctId">The canonical id of its person as of now; "": of nobody.</param>
/// <param name="Time">When it happened, UTC.</param>
/// <param name="InsertId">What it is known by when it comes again.</param>
/// <param name="Properties">Its properties, a JSON object.</param>
public sealed record QueuedEvent(long Position, string Name, string DistinctId, DateTime Time, string InsertId, string Properties);

/// <summary>Why the receiver refused one.</summary>
/// <param name="Position">Which one.</param>
/// <param name="Field">What of it is wrong; null: it did not say.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When, UTC.</param>
public sealed record ForwardRefusal(long Position, string? Field, string Reason, DateTime At);

/// <summary>An event that was refused.</summary>
public sealed record RefusedEvent(QueuedEvent Event, ForwardRefusal Refusal);

/// <summary>What is in the queue of a connection.</summary>
/// <param name="Waiting">How many wait.</param>
/// <param name="OldestAt">Since when the first of them does, UTC; null when none does.</param>
/// <param name="Refused">How many were refused.</param>
public sealed record ForwardDepth(long Waiting, DateTime? OldestAt, long Refused);
