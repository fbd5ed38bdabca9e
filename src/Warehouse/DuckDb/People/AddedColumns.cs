using DuckDB.NET.Data;

namespace Muster.Warehouse.DuckDb.People;

/// <summary>The columns that a table has beyond those it was made with, of promoted properties: new rows have their defaults there.</summary>
internal sealed class AddedColumns(string table, int columns)
{
    // Of this database alone: while a backup is taken, its tables of the same names are there too.
    private const string Count = """
        SELECT count(*) FROM duckdb_columns() WHERE database_name = current_database() AND NOT internal AND table_name = $table
        """;

    private int _added;

    /// <summary>Reads how many there are.</summary>
    public void Read(DuckDBConnection connection) =>
        _added = (int)connection.Query(Count, r => r.GetInt64(0), ("table", table))[0] - columns;

    /// <summary>Ends a row whose own columns have their values.</summary>
    public void End(IDuckDBAppenderRow row)
    {
        for (var i = 0; i < _added; i++)
        {
            row.AppendDefault();
        }

        row.EndRow();
    }
}
