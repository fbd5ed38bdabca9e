using System.Data.Common;
using DuckDB.NET.Data;
using Muster.Cohorts.Compilation;
using Muster.Warehouse.DuckDb;

namespace Muster.Cohorts.Membership;

/// <summary>Asks the store for the members of a query.</summary>
/// <remarks>DuckDB answers on the calling thread; a cancellation interrupts it there.</remarks>
internal sealed class MemberReader(DuckDbStore store)
{
    // A member is known by its canonical id, which has a row of its own in identity.
    private const string Columns = """
        SELECT m.user_id, i.distinct_id, p.email, p.iterable_user_id, p.first_name, p.last_name
        FROM members m
        JOIN identity i ON i.user_id = m.user_id
        LEFT JOIN profile p ON p.user_id = m.user_id
        """;

    /// <summary>How many members there are.</summary>
    public long Count(MemberQuery query, CancellationToken cancellationToken)
    {
        using var connection = store.Open();
        using var command = Command(connection, query, "SELECT count(*) FROM members");
        return Interruptible(command, () => (long)command.ExecuteScalar()!, cancellationToken);
    }

    /// <summary>Up to <paramref name="limit"/> members in the order of their numbers, those after <paramref name="after"/>.</summary>
    public IReadOnlyList<Member> Page(MemberQuery query, long after, int limit, CancellationToken cancellationToken)
    {
        using var connection = store.Open();
        using var command = Command(connection, query, $"{Columns}\nWHERE m.user_id > $after ORDER BY m.user_id LIMIT $limit");
        command.Parameters.Add(new DuckDBParameter("after", after));
        command.Parameters.Add(new DuckDBParameter("limit", limit));
        return Interruptible(command, () =>
        {
            var page = new List<Member>();
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                page.Add(Read(reader));
            }

            return page;
        }, cancellationToken);
    }

    /// <summary>All members as they come, without holding them in memory.</summary>
    public IEnumerable<Member> All(MemberQuery query)
    {
        // A stream ends with the next command on its connection: it has one of its own.
        using var connection = store.Open();
        using var command = Command(connection, query, Columns);
        command.UseStreamingMode = true;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return Read(reader);
        }
    }

    private static DuckDBCommand Command(DuckDBConnection connection, MemberQuery query, string statement)
    {
        var command = connection.CreateCommand();
        command.CommandText = $"WITH members AS (\n{query.Sql}\n)\n{statement}";
        foreach (var (name, value) in query.Parameters)
        {
            command.Parameters.Add(new DuckDBParameter(name, value));
        }

        return command;
    }

    private static T Interruptible<T>(DuckDBCommand command, Func<T> run, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var registration = cancellationToken.Register(command.Cancel);
        try
        {
            return run();
        }
        catch (DuckDBException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    private static Member Read(DbDataReader row) => new(
        row.GetInt32(0), row.GetString(1), Text(row, 2), Text(row, 3), Text(row, 4), Text(row, 5));

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
