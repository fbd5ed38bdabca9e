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

/// <summary>A request's body as it comes in, unpacked: the bytes that are there and not taken yet. Dispose it when its records are stored.</summary>
internal sealed class Body : IDisposable
{
    private readonly ByteBudget _budget;
    private readonly BodySource? _source;
    private byte[] _bytes;
    private long _taken;
    private int _start;

    private Body(ByteBudget budget, BodySource? source, byte[] bytes, long taken)
    {
        _budget = budget;
        _source = source;
        _bytes = bytes;
        _taken = taken;
        Kept = new KeptBytes(budget);
    }

    /// <summary>How its records follow each other.</summary>
    public BodyFormat Format { get; private set; }

    /// <summary>The short fields of the form that it came in; null: it came in none.</summary>
    public IReadOnlyDictionary<string, string>? Fields { get; private set; }

    /// <summary>How many bytes are there and not taken.</summary>
    public int Length { get; private set; }

    /// <summary>Whether no more will come.</summary>
    public bool Ended => _source is null or { Ended: true };

    /// <summary>How many bytes were taken before those that are there.</summary>
    public long Consumed { get; private set; }

    /// <summary>The bytes that are there.</summary>
    public ReadOnlySpan<byte> Bytes => Writable;

    /// <summary>The same, to be decoded in place.</summary>
    public Span<byte> Writable => _bytes.AsSpan(_start, Length);

    /// <summary>Where what is kept of its records lies until they are stored.</summary>
    public KeptBytes Kept { get; }

    /// <summary>An empty body with room; null when the budget has none.</summary>
    /// <param name="budget">The memory that all bodies share.</param>
    /// <param name="format">How its records follow each other.</param>
    /// <param name="room">How many bytes it holds at first.</param>
    /// <param name="source">Where they come from; null: they are put in.</param>
    public static Body? TryRent(ByteBudget budget, BodyFormat format, int room, BodySource? source = null) =>
        budget.TryTake(room) ? new Body(budget, source, ArrayPool<byte>.Shared.Rent(room), room) { Format = format } : null;

    /// <summary>Waits until there is more, or the end; gives the reason when the request is refused.</summary>
    public async ValueTask<Refusal?> ReadMoreAsync(CancellationToken cancellationToken)
    {
        var room = Room();
        if (room.IsEmpty)
        {
            return Refusal.TooMuchInFlight;
        }

        var (count, refusal) = await _source!.ReadAsync(room, cancellationToken);
        Advance(count);
        return refusal;
    }

    /// <summary>The room behind the bytes that are there, at least one byte; empty when the budget has no more.</summary>
    public Memory<byte> Room()
    {
        if (_start + Length == _bytes.Length && !TryMakeRoom())
        {
            return Memory<byte>.Empty;
        }

        return _bytes.AsMemory(_start + Length);
    }

    /// <summary>So many bytes were put into the room.</summary>
    public void Advance(int count) => Length += count;

    /// <summary>So many of the bytes were taken.</summary>
    public void Consume(int count)
    {
        Consumed += count;
        Length -= count;
        _start = Length == 0 ? 0 : _start + count;
    }

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
        _source?.Dispose();
        Kept.Dispose();
        ArrayPool<byte>.Shared.Return(_bytes);
        _budget.Return(_taken);
        _bytes = [];
        _taken = 0;
    }

    // What was taken makes room when it is at least half; else the array is doubled, so that no byte is moved often.
    private bool TryMakeRoom()
    {
        if (_start < Length)
        {
            if (!_budget.TryTake(_bytes.Length))
            {
                return false;
            }

            _taken += _bytes.Length;
            var larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
            Bytes.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
        else
        {
            Bytes.CopyTo(_bytes);
        }

        _start = 0;
        return true;
    }
}
