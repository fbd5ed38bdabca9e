using Muster.Control;
using Muster.Warehouse.Identities;

namespace Muster.Identity.Merging;

/// <summary>Whose an event is, and what it claims, by its project's ID-merge system.</summary>
/// <param name="DistinctId">The id that the event is stored under; "" is nobody.</param>
/// <param name="Claim">Which ids it says are one person; null for most.</param>
/// <param name="Derived">The property that simplified merge adds: the user or the device that the id stands for.</param>
public readonly record struct IdentityReading(string DistinctId, IdentityClaim? Claim, KeyValuePair<string, string>? Derived)
{
    private const string DevicePrefix = "$device:";

    /// <summary>Reads an event.</summary>
    /// <param name="sent">What it says.</param>
    /// <param name="system">The project's ID-merge system.</param>
    /// <param name="anonymous">The id of events that come without any; "" is nobody.</param>
    /// <param name="authenticated">Whether it came with credentials: <c>$merge</c> is heeded only then.</param>
    public static IdentityReading Of(in SentIdentity sent, IdMerge system, string anonymous, bool authenticated) =>
        system == IdMerge.Simplified ? Simplified(sent, anonymous) : Original(sent, anonymous, authenticated);

    /// <summary>An id as the project's people are stored under: on original merge <c>$device:X</c> and <c>X</c> are one id.</summary>
    public static string Stored(string distinctId, IdMerge system) =>
        system == IdMerge.Original && distinctId.Length > DevicePrefix.Length && distinctId.StartsWith(DevicePrefix, StringComparison.Ordinal)
            ? distinctId[DevicePrefix.Length..]
            : distinctId;

    private static IdentityReading Simplified(in SentIdentity sent, string anonymous)
    {
        var (user, device) = (NullIfEmpty(sent.UserId), NullIfEmpty(sent.DeviceId));
        if (user is not null)
        {
            // Said together, the device is the user's; said alone, there is nothing to merge.
            return new IdentityReading(user, device is null ? null : new IdentityClaim.Device(DevicePrefix + device, user), null);
        }

        if (device is not null)
        {
            return new IdentityReading(DevicePrefix + device, null, null);
        }

        if (NullIfEmpty(sent.DistinctId) is not { } id)
        {
            return new IdentityReading(sent.DistinctId ?? anonymous, null, null);
        }

        return new IdentityReading(id, null, id.StartsWith(DevicePrefix, StringComparison.Ordinal)
            ? new KeyValuePair<string, string>("$device_id", id[DevicePrefix.Length..])
            : new KeyValuePair<string, string>("$user_id", id));
    }

    private static IdentityReading Original(in SentIdentity sent, string anonymous, bool authenticated)
    {
        var claim = ClaimOf(sent, authenticated);
        var id = sent.DistinctId is { } distinctId ? Stored(distinctId, IdMerge.Original) : claim?.Parts.FirstId;
        return new IdentityReading(id ?? NullIfEmpty(sent.UserId) ?? NullIfEmpty(sent.DeviceId) ?? anonymous, claim, null);
    }

    private static IdentityClaim? ClaimOf(in SentIdentity sent, bool authenticated)
    {
        switch (sent.Event)
        {
            // The browser SDK names the identified id as distinct_id alone.
            case "$identify" when Id(sent.IdentifiedId ?? sent.DistinctId) is { } identified && Id(sent.AnonymousId) is { } anonymousId:
                return new IdentityClaim.Identify(identified, anonymousId);
            case "$create_alias" when Id(sent.DistinctId) is { } distinctId && Id(sent.Alias) is { } alias:
                return new IdentityClaim.Alias(distinctId, alias);
            case "$merge" when authenticated && Id(sent.DistinctIds?.First) is { } first && Id(sent.DistinctIds?.Second) is { } second:
                return new IdentityClaim.Merge(first, second);
            default:
                return null;
        }

        static string? Id(string? sent) => NullIfEmpty(sent) is { } id ? Stored(id, IdMerge.Original) : null;
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
