using DuckDB.NET.Data;

namespace Muster.Warehouse.DuckDb;

/// <summary>Statements with named parameters on a connection.</summary>
public static class DuckDbCommands
{
    /// <summary>Runs a statement and gives the number of rows it changed.</summary>
    public static int Execute(this DuckDBConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>Reads all rows.</summary>
    public static List<T> Query<T>(
        this DuckDBConnection connection, string sql, Func<DuckDBDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.Command(sql, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>Makes a command with those of the parameters that its text names: the engine refuses surplus ones.</summary>
    public static DuckDBCommand Command(this DuckDBConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            if (Names(sql, name))
            {
                command.Parameters.Add(new DuckDBParameter(name, value ?? DBNull.Value));
            }
        }

        return command;
    }

    /// <summary>A column that may be null, of a reference type.</summary>
    public static string? TextOrNull(this DuckDBDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static bool Names(string sql, string name)
    {
        for (var at = sql.IndexOf('$'); at >= 0; at = sql.IndexOf('$', at + 1))
        {
            var rest = sql.AsSpan(at + 1);
            if (rest.StartsWith(name, StringComparison.Ordinal)
                && (rest.Length == name.Length || !(char.IsAsciiLetterOrDigit(rest[name.Length]) || rest[name.Length] == '_')))
            {
                return true;
            }
        }

        return false;
    }
}
