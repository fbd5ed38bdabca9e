namespace Muster.Ingestion.Decoding;

/// <summary>Why one record is refused.</summary>
/// <param name="Field">The part of it: <c>event</c>, <c>properties.time</c>, <c>$set</c> …</param>
/// <param name="Message">What is wrong with it.</param>
internal sealed record RecordFault(string Field, string Message)
{
    /// <summary>Its position among the records of the request, from 0.</summary>
    public int Index { get; init; }

    /// <summary>Its <c>$insert_id</c> as sent, when it has one that can be read.</summary>
    public string? InsertId { get; init; }
}
