using System.Buffers;

namespace Muster.Ingestion.Bodies;

/// <summary>Memory for what is kept of a request's records, in chunks that are filled one after another and never moved.</summary>
internal sealed class KeptBytes(ByteBudget budget) : IDisposable
{
    private const int ChunkBytes = 64 * 1024;

    private readonly List<byte[]> _full = [];
    private long _taken;

    /// <summary>The chunk that is being filled.</summary>
    public byte[] Chunk { get; private set; } = [];

    /// <summary>How much of it is kept.</summary>
    public int Used { get; private set; }

    /// <summary>The room behind what is kept.</summary>
    public Span<byte> Room => Chunk.AsSpan(Used);

    /// <summary>Makes sure that so many bytes can be written behind those that are kept; false when the budget has none.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="more">How many are known to follow: a request of one record takes no whole chunk.</param>
    public bool TryMakeRoom(int bytes, int more)
    {
        if (Chunk.Length - Used >= bytes)
        {
            return true;
        }

        var size = Math.Max(bytes, Math.Min(more, ChunkBytes));
        if (!budget.TryTake(size))
        {
            return false;
        }

        _taken += size;
        _full.Add(Chunk);
        Chunk = ArrayPool<byte>.Shared.Rent(size);
        Used = 0;
        return true;
    }

    /// <summary>What was written up to here is kept.</summary>
    public void Keep(int end) => Used = end;

    /// <inheritdoc />
    public void Dispose()
    {
        _full.Add(Chunk);
        foreach (var chunk in _full.Where(chunk => chunk.Length > 0))
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        _full.Clear();
        Chunk = [];
        Used = 0;
        budget.Return(_taken);
        _taken = 0;
    }
}
