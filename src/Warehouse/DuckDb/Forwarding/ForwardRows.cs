using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using Muster.Warehouse.DuckDb.People;
using Muster.Warehouse.Forwarding;
using Muster.Warehouse.Messages;

namespace Muster.Warehouse.DuckDb.Forwarding;

/// <summary>The rows of the forwarding queue. Written only by the one writer of people and events, so that no two transactions touch one row.</summary>
internal sealed class ForwardRows
{
    private const string Highest = """
        SELECT coalesce(max(position), 0) FROM (SELECT position FROM forward UNION ALL SELECT position FROM forward_refused)
        """;

    private const string Move = """
        UPDATE forward SET user_id = moved.person
        FROM (SELECT unnest($strangers) AS stranger, unnest($people) AS person) moved
        WHERE forward.user_id = moved.stranger
        """;

    private const string MoveRefused = """
        UPDATE forward_refused SET user_id = moved.person
        FROM (SELECT unnest($strangers) AS stranger, unnest($people) AS person) moved
        WHERE forward_refused.user_id = moved.stranger
        """;

    private const string Erased = "DELETE FROM forward WHERE user_id IN (SELECT unnest($ids))";

    private const string ErasedRefused = "DELETE FROM forward_refused WHERE user_id IN (SELECT unnest($ids))";

    private const string Keep = """
        INSERT INTO forward_refused
        SELECT f.position, f.connection_id, f.event_id, f.user_id, f.time, f.insert_id, f.properties, f.queued_at, nullif(r.field, ''), r.reason, $at
        FROM forward f
        JOIN (SELECT unnest($positions) AS position, unnest($fields) AS field, unnest($reasons) AS reason) r ON r.position = f.position
        WHERE f.connection_id = $connection AND f.position BETWEEN $first AND $last
        """;

    private const string Settled = "DELETE FROM forward WHERE connection_id = $connection AND position BETWEEN $first AND $last";

    private const string GoBack = """
        INSERT INTO forward
        SELECT $highest + row_number() OVER (ORDER BY position), connection_id, event_id, user_id, time, insert_id, properties, queued_at
        FROM forward_refused
        WHERE connection_id = $connection AND ($all OR position IN (SELECT unnest($positions)))
        ORDER BY position
        """;

    private const string Discarded = """
        DELETE FROM forward_refused WHERE connection_id = $connection AND ($all OR position IN (SELECT unnest($positions)))
        """;

    private const string Cleared = "DELETE FROM forward WHERE connection_id = $connection";

    private readonly List<(long Position, int ConnectionId, NewMessage Message, int EventId, int UserId)> _added = [];
    private long _highest;

    /// <summary>Reads where positions go on.</summary>
    public void Load(DuckDBConnection connection) => _highest = connection.Query(Highest, r => r.GetInt64(0))[0];

    /// <summary>Notes an event that is to go on; 0 as its user is nobody.</summary>
    public void Add(int connectionId, NewMessage message, int eventId, int userId) =>
        _added.Add((++_highest, connectionId, message, eventId, userId));

    /// <summary>Writes the rows of what the group added.</summary>
    public void AppendAdded(DuckDBConnection connection)
    {
        if (_added.Count == 0)
        {
            return;
        }

        using var appender = connection.CreateAppender("forward");
        foreach (var (position, connectionId, message, eventId, userId) in _added)
        {
            var row = appender.CreateRow().AppendValue(position).AppendValue(connectionId).AppendValue(eventId);
            row = userId == 0 ? row.AppendNullValue() : row.AppendValue(userId);
            row.AppendValue(message.Time ?? message.ReceivedAt).AppendValue(message.InsertId)
                .AppendValue(MemoryMarshal.AsMemory(message.Properties).Span).AppendValue(message.ReceivedAt).EndRow();
        }
    }

    /// <summary>Events of strangers turned out to be of people.</summary>
    public static void HandOver(DuckDBConnection connection, List<int> strangers, List<int> people)
    {
        connection.Execute(Move, ("strangers", strangers), ("people", people));
        connection.Execute(MoveRefused, ("strangers", strangers), ("people", people));
    }

    /// <summary>Deletes what waits of people who are erased.</summary>
    public static void Erase(DuckDBConnection connection, List<int> userIds)
    {
        RowsOf.Execute(connection, Erased, userIds);
        RowsOf.Execute(connection, ErasedRefused, userIds);
    }

    /// <summary>Takes events off the queue; the refused ones are kept aside.</summary>
    public static void Settle(DuckDBConnection connection, int connectionId, long first, long last, IReadOnlyList<ForwardRefusal> refused)
    {
        if (refused.Count > 0)
        {
            connection.Execute(
                Keep, ("connection", connectionId), ("first", first), ("last", last), ("at", refused[0].At),
                ("positions", refused.Select(r => r.Position).ToList()), ("fields", refused.Select(r => r.Field ?? "").ToList()),
                ("reasons", refused.Select(r => r.Reason).ToList()));
        }

        connection.Execute(Settled, ("connection", connectionId), ("first", first), ("last", last));
    }

    /// <summary>Puts refused events at the end of the queue.</summary>
    public int Retry(DuckDBConnection connection, int connectionId, IReadOnlyList<long>? positions)
    {
        var count = connection.Execute(
            GoBack, ("highest", _highest), ("connection", connectionId), ("all", positions is null), ("positions", positions?.ToList() ?? []));
        _highest += count;
        Discard(connection, connectionId, positions);
        return count;
    }

    /// <summary>Deletes refused events.</summary>
    public static int Discard(DuckDBConnection connection, int connectionId, IReadOnlyList<long>? positions) =>
        connection.Execute(Discarded, ("connection", connectionId), ("all", positions is null), ("positions", positions?.ToList() ?? []));

    /// <summary>Deletes all of a connection.</summary>
    public static void Clear(DuckDBConnection connection, int connectionId)
    {
        connection.Execute(Cleared, ("connection", connectionId));
        Discard(connection, connectionId, null);
    }

    /// <summary>The group is over, stored or not; positions that were not stored are skipped.</summary>
    public void Forget() => _added.Clear();
}
