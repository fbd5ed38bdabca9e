using System.Data.Common;
using DuckDB.NET.Data;
using Muster.Cohorts.Compilation;
using Muster.Warehouse.DuckDb;

namespace Muster.Cohorts.Membership;

/// <summary>Asks the store for the members of a query, within the limits of an evaluation.</summary>
internal sealed class MemberReader(DuckDbStore store, Evaluations evaluations)
{
    // A member is known by its canonical id, which has a row of its own in identity.
    private const string Columns = """
        SELECT m.user_id, i.distinct_id, p.email, p.iterable_user_id, p.first_name, p.last_name
        FROM members m
        JOIN identity i ON i.user_id = m.user_id
        LEFT JOIN profile p ON p.user_id = m.user_id
        """;

    private const string CountAndFirst = "SELECT count(*), min(user_id, $limit) FROM members";

    private const string Named = """
        SELECT i.user_id, i.distinct_id, p.email, p.iterable_user_id, p.first_name, p.last_name
        FROM identity i LEFT JOIN profile p ON p.user_id = i.user_id
        WHERE i.user_id IN (SELECT unnest($ids))
        ORDER BY i.user_id
        """;

    /// <summary>How many members there are.</summary>
    public Task<long> CountAsync(MemberQuery query, CancellationToken cancellationToken) => evaluations.RunAsync(connection =>
    {
        using var command = Command(connection, query, "SELECT count(*) FROM members");
        return (long)command.ExecuteScalar()!;
    }, cancellationToken);

    /// <summary>How many members there are, and the first few in the order of their numbers; the members are found once for both.</summary>
    public Task<(long Count, IReadOnlyList<Member> Sample)> PreviewAsync(MemberQuery query, int sample, CancellationToken cancellationToken) =>
        evaluations.RunAsync<(long, IReadOnlyList<Member>)>(connection =>
        {
            var (count, ids) = (0L, new List<int>());
            using (var command = Command(connection, query, CountAndFirst))
            {
                command.Parameters.Add(new DuckDBParameter("limit", (long)sample));
                using var reader = command.ExecuteReader();
                reader.Read();
                count = reader.GetInt64(0);
                ids = reader.IsDBNull(1) ? [] : reader.GetFieldValue<List<int>>(1);
            }

            return (count, ids.Count == 0 ? [] : connection.Query(Named, Read, ("ids", ids)));
        }, cancellationToken);

    /// <summary>Up to <paramref name="limit"/> members in the order of their numbers, those after <paramref name="after"/>.</summary>
    public Task<IReadOnlyList<Member>> PageAsync(MemberQuery query, long after, int limit, CancellationToken cancellationToken) =>
        evaluations.RunAsync<IReadOnlyList<Member>>(connection =>
        {
            using var command = Command(connection, query, $"{Columns}\nWHERE m.user_id > $after ORDER BY m.user_id LIMIT $limit");
            command.Parameters.Add(new DuckDBParameter("after", after));
            command.Parameters.Add(new DuckDBParameter("limit", limit));
            var page = new List<Member>();
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                page.Add(Read(reader));
            }

            return page;
        }, cancellationToken);

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

    private static Member Read(DbDataReader row) => new(
        row.GetInt32(0), row.GetString(1), Text(row, 2), Text(row, 3), Text(row, 4), Text(row, 5));

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
