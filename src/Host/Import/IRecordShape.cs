namespace Muster.Host.Import;

/// <summary>What records of a kind look like when they are sent.</summary>
internal interface IRecordShape
{
    /// <summary>Where they are sent.</summary>
    string Path { get; }

    /// <summary>How many requests may be under way: one, where a later record must not overtake an earlier one.</summary>
    int AtOnce { get; }

    /// <summary>What several of them are called.</summary>
    string Name { get; }

    /// <summary>The record as it is sent.</summary>
    /// <param name="record">A record without a fault.</param>
    /// <returns>The record with its bytes, or with a fault.</returns>
    SourceRecord Shape(SourceRecord record);
}
