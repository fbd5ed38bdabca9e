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

    /// <summary>Adds numbers to properties, where a missing one counts as 0; makes the profile when there is none.</summary>
    public sealed record Add(IReadOnlyList<KeyValuePair<string, string>> Numbers) : ProfileOperation;

    /// <summary>Puts one value at the end of a list each, where a missing one counts as empty; makes the profile when there is none. What is there and no list stays as it is.</summary>
    public sealed record Append(IReadOnlyList<KeyValuePair<string, string>> Values) : ProfileOperation;

    /// <summary>Puts those values at the end of a list that it has not got; makes list and profile when there are none. What is there and no list stays as it is.</summary>
    public sealed record Union(IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Lists) : ProfileOperation;

    /// <summary>Takes one value out of a list each, wherever it is in it; makes nothing. What is there and no list stays as it is.</summary>
    public sealed record Remove(IReadOnlyList<KeyValuePair<string, string>> Values) : ProfileOperation;

    /// <summary>Removes properties; names that are not there are ignored, and no profile is made.</summary>
    public sealed record Unset(IReadOnlyList<string> Names) : ProfileOperation;

    /// <summary>Removes the profile with all its properties.</summary>
    public sealed record Delete : ProfileOperation;
}
