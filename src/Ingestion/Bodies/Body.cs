using System.Buffers;

namespace Muster.Ingestion.Bodies;

/// <summary>How records follow each other in a body.</summary>
internal enum BodyFormat
{
    /// <summary>A JSON array of records, or one record.</summary>
    Json,

    /// <summary>One record a line.</summary>
    NdJson,

    /// <summary>A form whose field <c>data</c> has the records; it is unwrapped before anyone reads them.</summary>
    Form,
}

/// <summary>A request's body, unpacked, with as much room again for what the decoder makes of it. Dispose it when the records are stored.</summary>
internal sealed class Body : IDisposable
{
    private readonly ByteBudget _budget;
    private byte[] _bytes;
    private byte[]? _scratch;
    private long _taken;
    private int _start;

    private Body(ByteBudget budget, byte[] bytes, long taken)
    {
        _budget = budget;
        _bytes = bytes;
        _taken = taken;
    }

    /// <summary>How its records follow each other.</summary>
    public BodyFormat Format { get; private set; }

    /// <summary>The short fields of the form that it came in; null: it came in none.</summary>
    public IReadOnlyDictionary<string, string>? Fields { get; private set; }

    /// <summary>How many bytes it has.</summary>
    public int Length { get; private set; }

    /// <summary>Its bytes.</summary>
    public ReadOnlySpan<byte> Bytes => Writable;

    /// <summary>Its bytes, to be decoded in place.</summary>
    public Span<byte> Writable => _bytes.AsSpan(_start, Length);

    /// <summary>Room for as many bytes again.</summary>
    public byte[] Scratch => _scratch ??= ArrayPool<byte>.Shared.Rent(Math.Max(Length, 16));

    /// <summary>An empty body with room; null when the budget has none.</summary>
    public static Body? TryRent(ByteBudget budget, BodyFormat format, int room)
    {
        var taken = 2L * room;
        return budget.TryTake(taken) ? new Body(budget, ArrayPool<byte>.Shared.Rent(room), taken) { Format = format } : null;
    }

    /// <summary>The room behind the bytes that are there, at least one byte; empty when the budget has no more.</summary>
    public Memory<byte> Room()
    {
        if (Length == _bytes.Length)
        {
            if (!_budget.TryTake(2L * Length))
            {
                return Memory<byte>.Empty;
            }

            _taken += 2L * Length;
            var larger = ArrayPool<byte>.Shared.Rent(Length * 2);
            Bytes.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        return _bytes.AsMemory(Length);
    }

    /// <summary>So many bytes were put into the room.</summary>
    public void Advance(int count) => Length += count;

    /// <summary>The records are JSON and a part of the bytes that are there; nothing more may be put in.</summary>
    /// <param name="start">Where they begin.</param>
    /// <param name="length">How many bytes they have.</param>
    /// <param name="fields">The other fields of the form that they came in; null: they came in none.</param>
    public void Unwrap(int start, int length, IReadOnlyDictionary<string, string>? fields)
    {
        (_start, Length, Format, Fields) = (_start + start, length, BodyFormat.Json, fields);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        if (_scratch is not null)
        {
            ArrayPool<byte>.Shared.Return(_scratch);
        }

        _budget.Return(_taken);
        _bytes = [];
        _scratch = null;
        _taken = 0;
    }
}
