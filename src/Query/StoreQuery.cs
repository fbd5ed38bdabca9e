using DuckDB.NET.Data;
using Muster.Query.Expressions;

namespace Muster.Query;

/// <summary>A statement with its values, and how to run it.</summary>
/// <param name="Sql">The statement.</param>
/// <param name="Parameters">Its values.</param>
internal sealed record StoreQuery(string Sql, IReadOnlyList<KeyValuePair<string, object?>> Parameters)
{
    /// <summary>The command on a connection.</summary>
    public DuckDBCommand On(DuckDBConnection connection)
    {
        var command = connection.CreateCommand();
        command.CommandText = Sql;
        foreach (var (name, value) in Parameters)
        {
            command.Parameters.Add(new DuckDBParameter(name, value));
        }

        return command;
    }

    /// <summary>Prints the condition of a <c>where</c>.</summary>
    /// <exception cref="QueryException">It asks for what is not there.</exception>
    public static string Condition(Expression where, IPropertySource properties, SqlParameters parameters)
    {
        try
        {
            return new DuckDbExpressions(properties, parameters).Condition(where);
        }
        catch (ExpressionException e)
        {
            throw QueryException.Of(e);
        }
    }
}
