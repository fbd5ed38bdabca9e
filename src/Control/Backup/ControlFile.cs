using Microsoft.Data.Sqlite;

namespace Muster.Control.Backup;

/// <summary>The control database's file, without the model: while it is copied, restored or looked at it may be of any version.</summary>
internal static class ControlFile
{
    /// <summary>The migrations that it has.</summary>
    public const string AppliedMigrations = "SELECT MigrationId FROM __EFMigrationsHistory ORDER BY MigrationId";

    /// <summary>Opens it; the file is closed with the connection.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static SqliteConnection Open(string connectionString, SqliteOpenMode mode)
    {
        // A pooled connection would keep the file open.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder(connectionString) { Pooling = false, Mode = mode }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The first column of a query's rows.</summary>
    public static List<string> Read(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    /// <summary>Executes a statement.</summary>
    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
