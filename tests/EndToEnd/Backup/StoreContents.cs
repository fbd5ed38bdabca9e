using DuckDB.NET.Data;
using Microsoft.Data.Sqlite;

namespace Muster.Tests.EndToEnd.Backup;

/// <summary>All that the stores of a data folder hold, to be compared. No program may have the folder.</summary>
internal static class StoreContents
{
    /// <summary>Every table of the warehouse with its definition, and its rows as text.</summary>
    public static Dictionary<string, List<string>> OfWarehouse(string dataDir)
    {
        using var connection = new DuckDBConnection($"Data Source={Path.Combine(dataDir, "warehouse.duckdb")}");
        connection.Open();
        var contents = Read(connection, "SELECT table_name || ': ' || sql FROM duckdb_tables() ORDER BY 1").ToDictionary(
            table => table, table => Read(connection, $"SELECT t::VARCHAR FROM \"{table.Split(':')[0]}\" t ORDER BY 1"), StringComparer.Ordinal);
        contents["constraints"] = Read(connection, "SELECT table_name || ' ' || constraint_text FROM duckdb_constraints() ORDER BY 1");
        contents["indexes"] = Read(connection, "SELECT sql FROM duckdb_indexes() ORDER BY 1");
        contents["sequences"] = Read(connection, "SELECT sequence_name FROM duckdb_sequences() ORDER BY 1");
        return contents;
    }

    /// <summary>Every table of the control database with its definition, and its rows as text.</summary>
    public static Dictionary<string, List<string>> OfControl(string dataDir)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(dataDir, "control.db")};Pooling=False");
        connection.Open();
        return Read(connection, "SELECT name || ': ' || sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL ORDER BY name").ToDictionary(
            made => made, made => made.Contains("CREATE TABLE", StringComparison.Ordinal) ? Read(connection, $"SELECT * FROM \"{made.Split(':')[0]}\" ORDER BY 1") : [], StringComparer.Ordinal);
    }

    /// <summary>The first column of a query on the warehouse.</summary>
    public static List<string> Warehouse(string dataDir, string sql)
    {
        using var connection = new DuckDBConnection($"Data Source={Path.Combine(dataDir, "warehouse.duckdb")}");
        connection.Open();
        return Read(connection, sql);
    }

    /// <summary>The rows of a query on the control database.</summary>
    public static List<string> Control(string dataDir, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(dataDir, "control.db")};Pooling=False");
        connection.Open();
        return Read(connection, sql);
    }

    private static List<string> Read(System.Data.Common.DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "" : Convert.ToString(reader.GetValue(i), System.Globalization.CultureInfo.InvariantCulture))));
        }

        return rows;
    }
}
