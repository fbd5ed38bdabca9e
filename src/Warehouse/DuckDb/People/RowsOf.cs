using DuckDB.NET.Data;

namespace Muster.Warehouse.DuckDb.People;

/// <summary>Statements about the rows of some user ids, which are their parameter <c>$ids</c>.</summary>
internal static class RowsOf
{
    public static DuckDBCommand Command(DuckDBConnection connection, string sql, List<int> ids)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.Add(new DuckDBParameter("ids", ids));
        return command;
    }

    /// <summary>Runs it, unless there are no ids; gives the number of rows it changed.</summary>
    public static int Execute(DuckDBConnection connection, string sql, List<int> ids)
    {
        if (ids.Count == 0)
        {
            return 0;
        }

        using var command = Command(connection, sql, ids);
        return command.ExecuteNonQuery();
    }
}
