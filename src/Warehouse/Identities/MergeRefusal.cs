using System.Collections.Frozen;

namespace Muster.Warehouse.Identities;

/// <summary>Why two ids were not made one person; stored on the event and listed. All but <see cref="DeviceTaken"/> are Mixpanel's names.</summary>
public static class MergeRefusal
{
    /// <summary>Both ids are the same.</summary>
    public const string SameIds = "errSameIDs";

    /// <summary>The anonymous id is not a UUID of version 4.</summary>
    public const string AnonymousIdNotUuid = "errAnonDistinctIdNonGUIDForm";

    /// <summary>The anonymous id belongs to an identified id already.</summary>
    public const string AnonymousIdTaken = "errAnonDistinctIdAssignedAlready";

    /// <summary>The alias was used as one before.</summary>
    public const string AliasTaken = "errAliasAlreadyExists";

    /// <summary>The person would have more than <see cref="MergeRules.LargestCluster"/> ids.</summary>
    public const string TooManyIds = "errManyIDs";

    /// <summary>The device belongs to another user already (simplified merge).</summary>
    public const string DeviceTaken = "errDeviceIdAssignedAlready";

    private static readonly FrozenDictionary<string, string> Descriptions = new Dictionary<string, string>
    {
        [SameIds] = "The two ids are the same.",
        [AnonymousIdNotUuid] = "The anonymous id is not a UUID of version 4.",
        [AnonymousIdTaken] = "The anonymous id already belongs to an identified id.",
        [AliasTaken] = "The alias was used as an alias before.",
        [TooManyIds] = $"The person would have more than {MergeRules.LargestCluster} ids.",
        [DeviceTaken] = "The device already belongs to another user. The event is this user's; the device's other events stay where they are.",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The reason in a sentence.</summary>
    public static string Describe(string reason) => Descriptions[reason];
}
