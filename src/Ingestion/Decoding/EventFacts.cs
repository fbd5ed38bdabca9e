namespace Muster.Ingestion.Decoding;

/// <summary>An id as it was sent: its text, or what is wrong with it, or neither when it is missing or null.</summary>
internal readonly record struct SentId
{
    public string? Text { get; init; }

    public string? Fault { get; init; }
}

/// <summary>What was read of one event, before it is judged, and what was made of it.</summary>
internal struct EventFacts
{
    public string? Name;
    public RecordFault? NameFault;
    public bool HasProperties;
    public string? Token;
    public bool HasTime;
    public long? Time;
    public SentId DistinctId;
    public SentId InsertId;
    public string? UserId;
    public string? DeviceId;
    public string? IdentifiedId;
    public string? AnonymousId;
    public string? Alias;
    public (string First, string Second)? DistinctIds;
    public string? Source;
    public bool Ignored;
    public RecordFault? OtherFault;

    /// <summary>The time to store.</summary>
    public DateTime When;

    /// <summary>The insert id to store; null: one has to be made.</summary>
    public string? Key;

    /// <summary>It is valid, but older than /track takes.</summary>
    public bool TooOld;
}
