using System.Text;
using DuckDB.NET.Native;
using static DuckDB.NET.Native.NativeMethods;

namespace Muster.Warehouse.DuckDb;

/// <summary>Some of the rows that a <see cref="ColumnReader"/> reads. What its methods return is good until it is disposed.</summary>
public sealed unsafe class ColumnBlock : IDisposable
{
    private readonly DuckDBDataChunk _chunk;

    internal ColumnBlock(DuckDBDataChunk chunk)
    {
        _chunk = chunk;
        Rows = (int)DataChunks.DuckDBDataChunkGetSize(chunk);
    }

    /// <summary>How many rows.</summary>
    public int Rows { get; }

    /// <summary>A column of integers; what stands where one is null is undefined.</summary>
    public ReadOnlySpan<int> Integers(int column) => new(Vectors.DuckDBVectorGetData(Vector(column)), Rows);

    /// <summary>A column of texts, as marks: equal ones mean equal texts within the block.</summary>
    public ReadOnlySpan<UInt128> TextMarks(int column) => new(Vectors.DuckDBVectorGetData(Vector(column)), Rows);

    /// <summary>Whether a value is null.</summary>
    public bool IsNull(int column, int row)
    {
        var valid = Vectors.DuckDBVectorGetValidity(Vector(column));
        return valid != null && ((valid[row >> 6] >> (row & 63)) & 1) == 0;
    }

    /// <summary>A text that is not null.</summary>
    public string Text(int column, int row)
    {
        // Four bytes of length; then up to 12 bytes of text, or 4 of them and where all of it is.
        const int MostInline = 12;
        var mark = (byte*)Vectors.DuckDBVectorGetData(Vector(column)) + ((long)row * sizeof(UInt128));
        var length = *(int*)mark;
        return Encoding.UTF8.GetString(length <= MostInline ? mark + sizeof(int) : *(byte**)(mark + (2 * sizeof(int))), length);
    }

    /// <inheritdoc />
    public void Dispose() => _chunk.Dispose();

    private nint Vector(int column) => DataChunks.DuckDBDataChunkGetVector(_chunk, column);
}
