namespace Muster.Ingestion.Decoding;

/// <summary>What one record of /engage or /groups came to: an update, or a fault.</summary>
internal readonly record struct DecodedUpdate<T>
    where T : class
{
    /// <summary>The update; its project is known only from <see cref="Token"/>.</summary>
    public T? Update { get; init; }

    /// <summary>Why it is refused.</summary>
    public RecordFault? Fault { get; init; }

    /// <summary><c>$token</c>, which names the project.</summary>
    public string? Token { get; init; }
}
