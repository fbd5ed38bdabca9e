using DuckDB.NET.Data;

namespace Muster.Warehouse.DuckDb.People;

/// <summary>The columns that a table has beyond those it was made with, of promoted properties: new rows have their defaults there.</summary>
internal sealed class AddedColumns(string table, int columns)
{
    private const string Count = "SELECT count(*) FROM duckdb_columns() WHERE NOT internal AND table_name = $table";

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
