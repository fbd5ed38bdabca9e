namespace Muster.Warehouse.Profiles;

/// <summary>One change to a profile. Values are JSON texts.</summary>
public abstract record ProfileOperation
{
    private ProfileOperation()
    {
    }

    /// <summary>Overwrites properties; makes the profile when there is none. A JSON null is stored as null.</summary>
    public sealed record Set(IReadOnlyList<KeyValuePair<string, string>> Properties) : ProfileOperation;

    /// <summary>Adds the properties that are not there yet; makes the profile when there is none.</summary>
    public sealed record SetOnce(IReadOnlyList<KeyValuePair<string, string>> Properties) : ProfileOperation;

    /// <summary>Removes properties; names that are not there are ignored, and no profile is made.</summary>
    public sealed record Unset(IReadOnlyList<string> Names) : ProfileOperation;

    /// <summary>Removes the profile with all its properties.</summary>
    public sealed record Delete : ProfileOperation;
}
