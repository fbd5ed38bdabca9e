using System.Data;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using static DuckDB.NET.Native.NativeMethods;

namespace Muster.Warehouse.DuckDb;

/// <summary>
/// Reads a result a block of rows at a time, each column as the engine has it in memory: for millions of rows, where a
/// call for each value would take ten times as long as the query.
/// </summary>
/// <remarks>
/// The engine goes on in its own threads while blocks are worked on. While one is open, its connection can do nothing else.
/// </remarks>
public sealed class ColumnReader : IDisposable
{
    private readonly DuckDBPreparedStatement _statement;
    private DuckDBResult _result;
    private readonly Lock _lock = new();
    private bool _ended;

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

    /// <summary>The next block, which the caller disposes; null: there is none. Several threads may ask.</summary>
    /// <exception cref="DataException">The query broke.</exception>
    public ColumnBlock? Next()
    {
        lock (_lock)
        {
            if (_ended)
            {
                return null;
            }

            var block = Query.DuckDBFetchChunk(_result);
            if (!block.IsInvalid && DataChunks.DuckDBDataChunkGetSize(block) > 0)
            {
                return new ColumnBlock(block);
            }

            block.Dispose();
            _ended = true;
            var fault = Query.DuckDBResultError(ref _result);
            Check(string.IsNullOrEmpty(fault), () => fault);
            return null;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
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
}
