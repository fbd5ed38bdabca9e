namespace Muster.Warehouse.Identities;

/// <summary>Decides claims by the rules of both ID-merge systems, and joins people.</summary>
/// <remarks>
/// The rules stand here, beside the store, and not with those who read events: a claim is decided by what is stored and
/// by the claims before it in the same group, and only the writer of the group knows both.
/// </remarks>
/// <param name="clusters">Who is one person.</param>
/// <param name="find">The user id of a distinct id; null when it has none.</param>
/// <param name="findOrAdd">The user id of a distinct id, given now when it has none.</param>
/// <param name="merged">Told of each person that became another's: the canonical id it had, and the one it has now.</param>
internal sealed class MergeRules(Clusters clusters, Func<string, int?> find, Func<string, int> findOrAdd, Action<int, int> merged)
{
    /// <summary>Ids that one person may have (original merge).</summary>
    public const int LargestCluster = 500;

    /// <summary>Applies a claim; gives the reason when it is refused.</summary>
    public string? Apply(IdentityClaim claim) => claim switch
    {
        IdentityClaim.Device(var device, var user) => Device(device, user),
        IdentityClaim.Identify(var identified, var anonymous) => Identify(identified, anonymous),
        IdentityClaim.Alias(var id, var other) => Alias(id, other),
        IdentityClaim.Merge(var first, var second) => Merge(first, second),
        _ => throw new ArgumentOutOfRangeException(nameof(claim), claim, "not a claim"),
    };

    private static bool IsUuid4(string id) => Guid.TryParseExact(id, "D", out var guid) && guid is { Version: 4, Variant: >= 8 and <= 11 };

    private string? Device(string device, string user)
    {
        var (deviceId, userId) = (findOrAdd(device), findOrAdd(user));
        if (clusters.CanonicalOf(deviceId) == clusters.CanonicalOf(userId))
        {
            return null;
        }

        if (clusters.IsMerged(deviceId))
        {
            return MergeRefusal.DeviceTaken;
        }

        Join(clusters.CanonicalOf(userId), deviceId);
        return null;
    }

    private string? Identify(string identified, string anonymous)
    {
        if (identified == anonymous)
        {
            return MergeRefusal.SameIds;
        }

        if (!IsUuid4(anonymous))
        {
            return MergeRefusal.AnonymousIdNotUuid;
        }

        if (find(anonymous) is { } known && clusters.MembersOf(known).Skip(1).Any(IsIdentified))
        {
            return MergeRefusal.AnonymousIdTaken;
        }

        if (TooMany(identified, anonymous))
        {
            return MergeRefusal.TooManyIds;
        }

        var (identifiedId, anonymousId) = (findOrAdd(identified), findOrAdd(anonymous));
        var canonical = clusters.CanonicalOf(identifiedId);
        if (canonical != identifiedId && !IsIdentified(canonical))
        {
            clusters.Promote(identifiedId);
            merged(canonical, identifiedId);
        }

        clusters.Use(identifiedId, IdentityUse.Identified);
        JoinByRank(identifiedId, anonymousId);
        return null;
    }

    private string? Alias(string id, string other)
    {
        if (find(other) is { } known && clusters.UsesOf(known).HasFlag(IdentityUse.Alias))
        {
            return MergeRefusal.AliasTaken;
        }

        if (id == other)
        {
            return null;
        }

        if (TooMany(id, other))
        {
            return MergeRefusal.TooManyIds;
        }

        var (userId, otherId) = (findOrAdd(id), findOrAdd(other));
        clusters.Use(otherId, IdentityUse.Alias);
        JoinByRank(userId, otherId);
        return null;
    }

    private string? Merge(string first, string second)
    {
        if (TooMany(first, second))
        {
            return MergeRefusal.TooManyIds;
        }

        JoinByRank(findOrAdd(first), findOrAdd(second));
        return null;
    }

    private bool TooMany(string a, string b)
    {
        var (first, second) = (find(a), find(b));
        if (a == b || (first is { } x && second is { } y && clusters.CanonicalOf(x) == clusters.CanonicalOf(y)))
        {
            return false;
        }

        return Size(first) + Size(second) > LargestCluster;

        int Size(int? id) => id is { } known ? clusters.MembersOf(known).Take(LargestCluster + 1).Count() : 1;
    }

    private bool IsIdentified(int userId) => clusters.UsesOf(userId).HasFlag(IdentityUse.Identified);

    // An identified canonical id stays before one that is not; else the older one, which is the smaller number. Where the
    // claims come in another order, the same id is chosen as long as none of them is an $identify.
    private void JoinByRank(int a, int b)
    {
        var (first, second) = (clusters.CanonicalOf(a), clusters.CanonicalOf(b));
        if (first == second)
        {
            return;
        }

        var firstStays = IsIdentified(first) != IsIdentified(second) ? IsIdentified(first) : first < second;
        Join(firstStays ? first : second, firstStays ? second : first);
    }

    private void Join(int canonical, int other)
    {
        clusters.Join(canonical, other);
        merged(other, canonical);
    }
}
