using DuckDB.NET.Data;
using Muster.Warehouse.DuckDb.People;
using Muster.Warehouse.Forwarding;

namespace Muster.Warehouse.DuckDb.Forwarding;

/// <summary>The forwarding queue in DuckDB.</summary>
internal sealed class DuckDbForwardQueue(DuckDbStore store, DuckDbPeople people) : IForwardQueue
{
    private const string Next = "SELECT min(position) FROM forward WHERE connection_id = $connection AND position > $after";

    // Sorting many wide rows to take the first few would read the whole queue: the span of positions bounds what is read.
    private const string Page = """
        SELECT f.position, n.name, i.distinct_id, f.time, f.insert_id, f.properties
        FROM forward f
        JOIN event_name n ON n.event_id = f.event_id
        LEFT JOIN alias a ON a.user_id = f.user_id
        LEFT JOIN identity i ON i.user_id = coalesce(a.canonical_id, f.user_id)
        WHERE f.connection_id = $connection AND f.position BETWEEN $first AND $last
        ORDER BY f.position
        """;

    private const string Count = """
        SELECT count(*), min(queued_at), (SELECT count(*) FROM forward_refused WHERE connection_id = $connection)
        FROM forward WHERE connection_id = $connection
        """;

    private const string RefusedPage = """
        SELECT f.position, n.name, i.distinct_id, f.time, f.insert_id, f.properties, f.field, f.reason, f.refused_at
        FROM forward_refused f
        JOIN event_name n ON n.event_id = f.event_id
        LEFT JOIN alias a ON a.user_id = f.user_id
        LEFT JOIN identity i ON i.user_id = coalesce(a.canonical_id, f.user_id)
        WHERE f.connection_id = $connection AND f.position > $after
        ORDER BY f.position LIMIT $most
        """;

    /// <summary>Each page looks through all ids once, so it is worth being large; its rows are in memory while they are sent.</summary>
    private const int PageSpan = 20_000;

    public IReadOnlyList<QueuedEvent> Read(int connectionId, long after)
    {
        using var connection = store.Open();
        var next = connection.Query(Next, r => r.IsDBNull(0) ? (long?)null : r.GetInt64(0), ("connection", connectionId), ("after", after))[0];
        return next is { } first
            ? connection.Query(Page, ReadEvent, ("connection", connectionId), ("first", first), ("last", first + PageSpan - 1))
            : [];
    }

    public ForwardDepth Depth(int connectionId)
    {
        using var connection = store.Open();
        return connection.Query(
            Count, r => new ForwardDepth(r.GetInt64(0), r.IsDBNull(1) ? null : Utc(r.GetDateTime(1)), r.GetInt64(2)), ("connection", connectionId))[0];
    }

    public IReadOnlyList<RefusedEvent> Refused(int connectionId, long after, int most)
    {
        using var connection = store.Open();
        return connection.Query(
            RefusedPage,
            r => new RefusedEvent(ReadEvent(r), new ForwardRefusal(r.GetInt64(0), r.TextOrNull(6), r.GetString(7), Utc(r.GetDateTime(8)))),
            ("connection", connectionId), ("after", after), ("most", most));
    }

    public Task SettleAsync(int connectionId, long first, long last, IReadOnlyList<ForwardRefusal> refused, CancellationToken cancellationToken) =>
        WriteAsync(
            (connection, _) =>
            {
                ForwardRows.Settle(connection, connectionId, first, last, refused);
                return 0;
            },
            cancellationToken);

    public Task<int> RetryAsync(int connectionId, IReadOnlyList<long>? positions, CancellationToken cancellationToken) =>
        WriteAsync((connection, rows) => rows.Retry(connection, connectionId, positions), cancellationToken);

    public Task<int> DiscardAsync(int connectionId, IReadOnlyList<long>? positions, CancellationToken cancellationToken) =>
        WriteAsync((connection, _) => ForwardRows.Discard(connection, connectionId, positions), cancellationToken);

    public Task ClearAsync(int connectionId, CancellationToken cancellationToken) =>
        WriteAsync(
            (connection, _) =>
            {
                ForwardRows.Clear(connection, connectionId);
                return 0;
            },
            cancellationToken);

    private static QueuedEvent ReadEvent(DuckDBDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.TextOrNull(2) ?? "", Utc(reader.GetDateTime(3)), reader.GetString(4), reader.GetString(5));

    private static DateTime Utc(DateTime time) => DateTime.SpecifyKind(time, DateTimeKind.Utc);

    private async Task<int> WriteAsync(Func<DuckDBConnection, ForwardRows, int> act, CancellationToken cancellationToken)
    {
        var write = new PeopleWrite.Forwarding(act);
        await people.WriteAsync(write, cancellationToken);
        return write.Rows;
    }
}
