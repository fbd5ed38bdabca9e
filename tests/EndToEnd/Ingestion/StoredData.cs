using DuckDB.NET.Data;

namespace Muster.Tests.EndToEnd.Ingestion;

/// <summary>What a stopped program left in its store.</summary>
internal static class StoredData
{
    public const string Events = """
        SELECT n.name, i.distinct_id, e.properties
        FROM event e JOIN event_name n USING (event_id) LEFT JOIN identity i USING (user_id)
        ORDER BY ALL
        """;

    public const string People = "SELECT i.distinct_id, p.properties FROM profile p JOIN identity i USING (user_id) ORDER BY ALL";

    public const string Merged = """
        SELECT m.distinct_id, c.distinct_id
        FROM alias a JOIN identity m ON m.user_id = a.user_id JOIN identity c ON c.user_id = a.canonical_id
        """;

    public const string Groups = "SELECT group_key, group_id, properties FROM group_profile ORDER BY ALL";

    /// <summary>The rows of a query, null as "".</summary>
    public static List<string[]> Read(string dataDir, string sql)
    {
        using var connection = new DuckDBConnection($"Data Source={Path.Combine(dataDir, "warehouse.duckdb")}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string[]>();
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "" : reader.GetString(i))]);
        }

        return rows;
    }
}
