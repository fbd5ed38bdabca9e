namespace Muster.Ingestion;

/// <summary>Limits of ingestion.</summary>
public sealed record IngestionOptions
{
    /// <summary>Bytes that the bodies of all requests being handled may take in memory; beyond, requests get 503 with <c>Retry-After</c>. Default 256 MiB.</summary>
    public long MaxBytesInFlight { get; init; } = 256L * 1024 * 1024;
}
