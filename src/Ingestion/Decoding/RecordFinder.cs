namespace Muster.Ingestion.Decoding;

/// <summary>What a search for the next record came to.</summary>
internal enum Finding
{
    /// <summary>A record.</summary>
    Record,

    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>There are no more records.</summary>
    End,

    /// <summary>This is not how records follow each other.</summary>
    Broken,

    /// <summary>The body is JSON of another kind than records.</summary>
    NoRecords,
}

/// <summary>Where a record is.</summary>
/// <param name="Finding">Whether there is one.</param>
/// <param name="Start">Where it begins, or where the body is broken.</param>
/// <param name="Length">How many bytes it has.</param>
/// <param name="Done">How many of the bytes searched are not needed again once it is decoded.</param>
internal readonly record struct RecordPlace(Finding Finding, int Start, int Length, int Done);

/// <summary>Finds where records begin and end in a body that comes in piece by piece. What is within them is read by their decoder.</summary>
internal abstract class RecordFinder
{
    /// <summary>Finds the next record.</summary>
    /// <param name="bytes">The bytes that are there, from where the last search was done.</param>
    /// <param name="ended">Whether no more will come; then the answer is never <see cref="Finding.Incomplete"/>.</param>
    public abstract RecordPlace Next(ReadOnlySpan<byte> bytes, bool ended);
}
