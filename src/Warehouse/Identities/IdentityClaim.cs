namespace Muster.Warehouse.Identities;

/// <summary>What an event says of which ids are one person. Whether they become one is decided when the event is stored.</summary>
public abstract record IdentityClaim
{
    private IdentityClaim()
    {
    }

    /// <summary>Simplified merge: the device is the user's, if it is nobody's yet.</summary>
    /// <param name="DeviceId">The device's distinct id, with its <c>$device:</c>.</param>
    /// <param name="UserId">The user's.</param>
    public sealed record Device(string DeviceId, string UserId) : IdentityClaim;

    /// <summary>Original merge, <c>$identify</c>: an anonymous id turns out to be an identified one's.</summary>
    public sealed record Identify(string IdentifiedId, string AnonymousId) : IdentityClaim;

    /// <summary>Original merge, <c>$create_alias</c>: a further name for an id.</summary>
    public sealed record Alias(string DistinctId, string OtherId) : IdentityClaim;

    /// <summary>Original merge, <c>$merge</c>: two ids are one person, without any condition.</summary>
    public sealed record Merge(string FirstId, string SecondId) : IdentityClaim;

    /// <summary>The claim's name where refused merges are listed, and its two ids.</summary>
    public (string Kind, string FirstId, string SecondId) Parts => this switch
    {
        Device(var device, var user) => ("device", device, user),
        Identify(var identified, var anonymous) => ("identify", identified, anonymous),
        Alias(var id, var other) => ("alias", id, other),
        Merge(var first, var second) => ("merge", first, second),
        _ => throw new InvalidOperationException("not a claim"),
    };
}
