using System.Data;
using System.Text;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using static DuckDB.NET.Native.NativeMethods;

namespace Muster.Warehouse.DuckDb;

/// <summary>
/// Reads a result a block of rows at a time, each column as the engine has it in memory: for millions of rows, where a
/// call for each value would take ten times as long as the query.
/// </summary>
/// <remarks>
/// The engine goes on in its own threads while a block is worked on. What a property or method returns is good until the
/// next <see cref="Read"/>. While one is open, its connection can do nothing else.
/// </remarks>
public sealed unsafe class ColumnReader : IDisposable
{
    private readonly DuckDBPreparedStatement _statement;
    private DuckDBResult _result;
    private DuckDBDataChunk? _block;

    /// <summary>Starts a query.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="sql">The query; its parameters are <c>$1</c>, <c>$2</c> and so on.</param>
    /// <param name="parameters">Their values.</param>
    /// <exception cref="DataException">The engine refuses it.</exception>
    public ColumnReader(DuckDBConnection connection, string sql, params ReadOnlySpan<ColumnParameter> parameters)
    {
        var prepared = PreparedStatements.DuckDBPrepare(connection.NativeConnection, sql, out _statement) == DuckDBState.Success;
        try
        {
            Check(prepared, () => PreparedStatements.DuckDBPrepareError(_statement));
            for (var i = 0; i < parameters.Length; i++)
            {
                Check(parameters[i].Bind(_statement, i + 1), () => "a parameter does not fit");
            }

            var started = PreparedStatements.DuckDBExecutePreparedStreaming(_statement, out _result) == DuckDBState.Success;
            Check(started, () => Query.DuckDBResultError(ref _result));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>How many rows the block has.</summary>
    public int Rows { get; private set; }

    /// <summary>Goes on to the next block; false: there is none.</summary>
    /// <exception cref="DataException">The query broke.</exception>
    public bool Read()
    {
        _block?.Dispose();
        _block = Query.DuckDBFetchChunk(_result);
        if (_block.IsInvalid)
        {
            var fault = Query.DuckDBResultError(ref _result);
            Check(string.IsNullOrEmpty(fault), () => fault);
            Rows = 0;
            return false;
        }

        Rows = (int)DataChunks.DuckDBDataChunkGetSize(_block);
        return Rows > 0;
    }

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
    public void Dispose()
    {
        _block?.Dispose();
        Query.DuckDBDestroyResult(ref _result);
        _statement.Dispose();
    }

    private static void Check(bool good, Func<string> fault)
    {
        if (!good)
        {
            throw new DataException($"The warehouse cannot answer: {fault()}");
        }
    }

    private nint Vector(int column) => DataChunks.DuckDBDataChunkGetVector(_block!, column);
}

/// <summary>The value of a parameter of a <see cref="ColumnReader"/>.</summary>
public readonly struct ColumnParameter
{
    private readonly int _integer;
    private readonly DateTime? _time;

    private ColumnParameter(int integer, DateTime? time) => (_integer, _time) = (integer, time);

    /// <summary>An integer.</summary>
    public static implicit operator ColumnParameter(int value) => FromInt32(value);

    /// <summary>A time, UTC.</summary>
    public static implicit operator ColumnParameter(DateTime value) => FromDateTime(value);

    /// <summary>An integer.</summary>
    public static ColumnParameter FromInt32(int value) => new(value, null);

    /// <summary>A time, UTC.</summary>
    public static ColumnParameter FromDateTime(DateTime value) => new(0, value);

    internal bool Bind(DuckDBPreparedStatement statement, long index) => DuckDBState.Success == (_time is { } time
        ? PreparedStatements.DuckDBBindTimestamp(statement, index, new DuckDBTimestampStruct { Micros = (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond })
        : PreparedStatements.DuckDBBindInt32(statement, index, _integer));
}
