namespace Muster.Warehouse.Profiles;

/// <summary>Changes to the profile of one group, such as a company, applied together or not at all.</summary>
public sealed record GroupUpdate
{
    /// <summary>The project it belongs to.</summary>
    public required int ProjectId { get; init; }

    /// <summary>What kind of group: the name of the event property that says which one an event is of, as <c>company</c>.</summary>
    public required string GroupKey { get; init; }

    /// <summary>Which one; not empty.</summary>
    public required string GroupId { get; init; }

    /// <summary>The changes, in the order in which they apply.</summary>
    public required IReadOnlyList<ProfileOperation> Operations { get; init; }
}
