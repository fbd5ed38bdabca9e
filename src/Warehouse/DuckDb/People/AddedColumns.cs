using DuckDB.NET.Data;

namespace Muster.Warehouse.DuckDb.People;

/// <summary>The columns that a table has beyond those it was made with, in the order in which they came.</summary>
/// <remarks>New rows have a value in the one column that came later by a migration, and defaults in those of promoted properties.</remarks>
internal sealed class AddedColumns(string table, int columns, string? migrated = null)
{
    // Of this database alone: while a backup is taken, its tables of the same names are there too.
    private const string Names = """
        SELECT column_name FROM duckdb_columns()
        WHERE database_name = current_database() AND NOT internal AND table_name = $table ORDER BY column_index
        """;

    private bool[] _isMigrated = [];

    /// <summary>Reads which there are.</summary>
    public void Read(DuckDBConnection connection) =>
        _isMigrated = [.. connection.Query(Names, r => r.GetString(0) == migrated, ("table", table)).Skip(columns)];

    /// <summary>Ends a row whose own columns have their values.</summary>
    /// <param name="row">The row.</param>
    /// <param name="value">What the migrated column has.</param>
    public void End(IDuckDBAppenderRow row, int? value = null)
    {
        foreach (var isMigrated in _isMigrated)
        {
            _ = isMigrated ? row.AppendValue(value) : row.AppendDefault();
        }

        row.EndRow();
    }
}
