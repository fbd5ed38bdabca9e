namespace Muster.Tests.Unit.Ingestion;

/// <summary>Bytes that come in pieces, as over a network.</summary>
internal sealed class PieceStream(byte[] bytes, int piece) : MemoryStream(bytes)
{
    /// <summary>How many bytes were read.</summary>
    public long BytesRead => Position;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(buffer.Length, piece)], cancellationToken);
}
