namespace Muster.Syncs.Delivery;

/// <summary>What a run needs of the place its list lives in: one connection's Iterable project.</summary>
/// <remarks>
/// Implementations keep to the connection's rate, retry transient faults themselves, and read what was refused; a
/// call that returns was acknowledged. What cannot be done is a <see cref="DestinationException"/>.
/// </remarks>
public interface IListDestination
{
    /// <summary>The list of this name; the oldest when there are several, null when there is none.</summary>
    Task<long?> FindListAsync(string name, CancellationToken cancellationToken);

    /// <summary>Whether a list of this id is shown; one just made may not be for a moment.</summary>
    Task<bool> HasListAsync(long listId, CancellationToken cancellationToken);

    /// <summary>Makes an empty list and gives its id. A list just made may be unknown to the next calls for a moment.</summary>
    Task<long> CreateListAsync(string name, CancellationToken cancellationToken);

    /// <summary>Deletes a list; one that is gone already is no error.</summary>
    Task DeleteListAsync(long listId, CancellationToken cancellationToken);

    /// <summary>How many subscribers a list has; may lag behind by minutes.</summary>
    Task<long> CountAsync(long listId, CancellationToken cancellationToken);

    /// <summary>The identifiers on a list, in no order: addresses in email projects, addresses or else user ids in hybrid ones, user ids in userId ones. One may come twice: a reading that broke is begun again.</summary>
    IAsyncEnumerable<string> ReadAsync(long listId, CancellationToken cancellationToken);

    /// <summary>Sends one batch and returns once it is acknowledged.</summary>
    Task<Acknowledgement> SendAsync(ListBatch batch, CancellationToken cancellationToken);

    /// <summary>Batches worth having under way at once at present: enough to reach the connection's rate at its latency, and no more.</summary>
    int CallsWanted { get; }

    /// <summary>What this destination has sent so far; a run shows the difference between its start and its end.</summary>
    DeliveryTotals Totals { get; }
}

/// <summary>Opens the destination of a connection. A destination lives for one run; the connection's rate is shared by all that are open.</summary>
public interface IListDestinations
{
    /// <summary>Opens it.</summary>
    /// <exception cref="DestinationException">The connection is disconnected, or its key cannot be decrypted.</exception>
    Task<IListDestination> OpenAsync(int connectionId, CancellationToken cancellationToken);

    /// <summary>How long so many calls of a connection take at its rate.</summary>
    TimeSpan Estimate(int calls);
}

/// <summary>Whether a batch adds to a list or takes off it.</summary>
public enum ListOperation
{
    /// <summary>lists/subscribe</summary>
    Add,

    /// <summary>lists/unsubscribe</summary>
    Remove,
}

/// <summary>One call's worth of subscribers: 1 to 1,000, under 4 MB.</summary>
public sealed record ListBatch
{
    /// <summary>The list.</summary>
    public required long ListId { get; init; }

    /// <summary>Adds or removes.</summary>
    public required ListOperation Operation { get; init; }

    /// <summary>The batch's number within its run and operation, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The subscribers.</summary>
    public required IReadOnlyList<Subscriber> Subscribers { get; init; }
}

/// <summary>What a member is called on the destination's side. At least one of the two is set.</summary>
/// <param name="Ordinal">Its place in the run's plan.</param>
/// <param name="Email">The address, trimmed and lower-case.</param>
/// <param name="UserId">The user id.</param>
public readonly record struct Subscriber(int Ordinal, string? Email, string? UserId);

/// <summary>The answer to a batch.</summary>
/// <param name="Rejections">The subscribers that were named as failed; all others succeeded.</param>
public sealed record Acknowledgement(IReadOnlyList<Rejection> Rejections);

/// <summary>A subscriber that was refused.</summary>
/// <param name="Ordinal">Its place in the run's plan.</param>
/// <param name="Reason">One of <see cref="RejectionReasons"/>.</param>
public readonly record struct Rejection(int Ordinal, string Reason);

/// <summary>The classes of failedUpdates.</summary>
public static class RejectionReasons
{
    /// <summary>Forgotten by a privacy request: never to be sent again.</summary>
    public const string Forgotten = "forgotten";

    /// <summary>Address and user id belong to two different users.</summary>
    public const string Conflict = "conflict";

    /// <summary>No such user.</summary>
    public const string NotFound = "not_found";

    /// <summary>The address is malformed in Iterable's eyes.</summary>
    public const string InvalidEmail = "invalid_email";

    /// <summary>The user id is malformed in Iterable's eyes.</summary>
    public const string InvalidUserId = "invalid_user_id";

    /// <summary>Another field is.</summary>
    public const string InvalidData = "invalid_data";
}

/// <summary>Work done by a destination.</summary>
/// <param name="Retries">Tries beyond the first of each call.</param>
/// <param name="Bytes">Bytes of the bodies sent.</param>
public readonly record struct DeliveryTotals(int Retries, long Bytes);
