namespace Muster.Warehouse.Identities;

/// <summary>How an id was used in accepted merges of the original system.</summary>
[Flags]
internal enum IdentityUse : byte
{
    /// <summary>Not yet in one that matters later.</summary>
    None = 0,

    /// <summary>As the identified id of an <c>$identify</c>.</summary>
    Identified = 1,

    /// <summary>As the alias of a <c>$create_alias</c>.</summary>
    Alias = 2,
}
