namespace Muster.Identity.Merging;

/// <summary>What an event says about who did it, as it was sent; null where it says nothing.</summary>
public readonly record struct SentIdentity
{
    /// <summary>The event's name: <c>$identify</c>, <c>$create_alias</c> and <c>$merge</c> mean something in original projects.</summary>
    public required string Event { get; init; }

    /// <summary><c>distinct_id</c>; "" is nobody.</summary>
    public string? DistinctId { get; init; }

    /// <summary><c>$user_id</c>.</summary>
    public string? UserId { get; init; }

    /// <summary><c>$device_id</c>.</summary>
    public string? DeviceId { get; init; }

    /// <summary><c>$identified_id</c>.</summary>
    public string? IdentifiedId { get; init; }

    /// <summary><c>$anon_id</c>, or what the browser SDK calls <c>$anon_distinct_id</c>.</summary>
    public string? AnonymousId { get; init; }

    /// <summary><c>alias</c>.</summary>
    public string? Alias { get; init; }

    /// <summary>The two ids of <c>$distinct_ids</c>.</summary>
    public (string First, string Second)? DistinctIds { get; init; }
}
