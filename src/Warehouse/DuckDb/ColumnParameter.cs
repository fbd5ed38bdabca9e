using DuckDB.NET.Native;
using static DuckDB.NET.Native.NativeMethods;

namespace Muster.Warehouse.DuckDb;

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
