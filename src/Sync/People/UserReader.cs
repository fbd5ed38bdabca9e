using DuckDB.NET.Data;
using Muster.Cohorts.Compilation;
using Muster.Warehouse.DuckDb;

namespace Muster.Syncs.People;

/// <summary>One person as the store has them.</summary>
internal sealed record StoredUser(int UserId, string DistinctId, string? Properties, string? Email, string? IterableUserId, string? FirstName, string? LastName);

/// <summary>One event of a person.</summary>
internal sealed record StoredEvent(DateTime Time, string Event, string DistinctId, string InsertId, string? Source, string Properties);

/// <summary>Finds people of a project and reads what is known of one.</summary>
internal sealed class UserReader(DuckDbStore store)
{
    private const string Columns = "i.user_id, i.distinct_id, p.properties, p.email, p.iterable_user_id, p.first_name, p.last_name";

    // People are known by their canonical ids; an id that was merged into one finds that one.
    private const string Search = $"""
        SELECT {Columns}
        FROM identity i
        LEFT JOIN profile p ON p.user_id = i.user_id
        WHERE i.project_id = $project AND i.user_id > $after
          AND i.user_id NOT IN (SELECT user_id FROM alias WHERE project_id = $project AND user_id <> canonical_id)
          AND ($search IS NULL OR contains(lower(i.distinct_id), lower($search))
               OR i.user_id IN (
                   SELECT a.canonical_id FROM alias a JOIN identity other ON other.user_id = a.user_id
                   WHERE a.project_id = $project AND contains(lower(other.distinct_id), lower($search)))
               OR (NOT $by_id_only AND (contains(lower(p.email), lower($search)) OR contains(lower(p.iterable_user_id), lower($search))
                   OR contains(lower(concat_ws(' ', p.first_name, p.last_name)), lower($search)))))
        ORDER BY i.user_id LIMIT $limit
        """;

    private const string Find = $"""
        SELECT {Columns}
        FROM (
            SELECT coalesce(a.canonical_id, i.user_id) AS user_id
            FROM identity i LEFT JOIN alias a ON a.user_id = i.user_id
            WHERE i.project_id = $project AND i.distinct_id = $distinct_id
        ) found
        JOIN identity i ON i.user_id = found.user_id
        LEFT JOIN profile p ON p.user_id = i.user_id
        """;

    private const string Cluster = """
        SELECT i.user_id, i.distinct_id FROM identity i
        WHERE i.user_id = $user OR i.user_id IN (SELECT user_id FROM alias WHERE canonical_id = $user)
        ORDER BY i.user_id <> $user, i.distinct_id
        """;

    private const string LatestEvents = """
        SELECT e.time, n.name, i.distinct_id, e.insert_id, e.source, e.properties
        FROM event e JOIN event_name n ON n.event_id = e.event_id JOIN identity i ON i.user_id = e.user_id
        WHERE e.project_id = $project AND e.user_id IN (SELECT unnest($ids::INTEGER[]))
        ORDER BY e.time DESC, e.received_at DESC LIMIT $limit
        """;

    /// <summary>Up to <paramref name="limit"/> people after a position, whose ids, address or name hold a text; all of them when there is none.</summary>
    public Task<List<StoredUser>> SearchAsync(
        int projectId, string? search, bool byIdOnly, long after, int limit, CancellationToken cancellationToken) => RunAsync(
            connection => connection.Query(
                Search, Read, ("project", projectId), ("search", search), ("by_id_only", byIdOnly), ("after", after), ("limit", limit)),
            cancellationToken);

    /// <summary>The person that an id stands for, whichever of their ids it is; null when there is none.</summary>
    public Task<StoredUser?> FindAsync(int projectId, string distinctId, CancellationToken cancellationToken) => RunAsync(
        connection => connection.Query(Find, Read, ("project", projectId), ("distinct_id", distinctId)).FirstOrDefault(), cancellationToken);

    /// <summary>All ids of a person, the canonical one first.</summary>
    public Task<List<(int UserId, string DistinctId)>> ClusterAsync(int userId, CancellationToken cancellationToken) => RunAsync(
        connection => connection.Query(Cluster, r => (r.GetInt32(0), r.GetString(1)), ("user", userId)), cancellationToken);

    /// <summary>Their latest events, latest first.</summary>
    public Task<List<StoredEvent>> LatestEventsAsync(int projectId, List<int> userIds, int limit, CancellationToken cancellationToken) => RunAsync(
        connection => connection.Query(
            LatestEvents,
            r => new StoredEvent(r.GetDateTime(0), r.GetString(1), r.GetString(2), r.GetString(3), r.TextOrNull(4), r.GetString(5)),
            ("project", projectId), ("ids", userIds), ("limit", limit)),
        cancellationToken);

    /// <summary>Whether a person is a member.</summary>
    public Task<bool> IsMemberAsync(MemberQuery query, int userId, CancellationToken cancellationToken) => RunAsync(
        connection =>
        {
            using var command = connection.CreateCommand();
            // The compiler's own statement with its values as parameters: nothing from outside is concatenated.
            command.CommandText = string.Concat("SELECT count(*) FROM (", query.Sql, ") member WHERE user_id = $sought");
            foreach (var (name, value) in query.Parameters)
            {
                command.Parameters.Add(new DuckDBParameter(name, value ?? DBNull.Value));
            }

            command.Parameters.Add(new DuckDBParameter("sought", userId));
            return (long)command.ExecuteScalar()! > 0;
        },
        cancellationToken);

    private static StoredUser Read(DuckDBDataReader r) =>
        new(r.GetInt32(0), r.GetString(1), r.TextOrNull(2), r.TextOrNull(3), r.TextOrNull(4), r.TextOrNull(5), r.TextOrNull(6));

    private Task<T> RunAsync<T>(Func<DuckDBConnection, T> read, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var connection = store.Open();
            return read(connection);
        },
        cancellationToken);
}
