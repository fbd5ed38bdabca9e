using System.IO.Hashing;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using Muster.Warehouse.DuckDb.People;
using Muster.Warehouse.Messages;

namespace Muster.Warehouse.DuckDb.Messages;

/// <summary>Knows which message events are stored, so that one delivered again is not stored again, however late.</summary>
/// <remarks>
/// The latest few millions are known in memory, by event name and insert id. When there are more, one that comes late,
/// or without a time, is looked for in the store as well. They have a window of their own: a bulk import would push them
/// out of the one for other events within seconds.
/// </remarks>
internal sealed class RecentMessages
{
    private const string Newest = """
        SELECT event_id, insert_id FROM event
        WHERE source = 'iterable' AND starts_with(insert_id, 'iterable-')
        ORDER BY rowid DESC LIMIT $most
        """;

    private const string Stored = """
        SELECT event_id, insert_id FROM event
        WHERE source = 'iterable' AND time BETWEEN $from AND $to AND insert_id IN (SELECT unnest($ids))
        """;

    private const int Slots = 1 << 20;

    /// <summary>At the rate that one machine takes, fewer than the window holds arrive in this time.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(10);

    private readonly KeyWindow _known = new(Slots);
    private readonly HashSet<UInt128> _group = [];
    private bool _loaded;
    private bool _mayHaveForgotten;

    /// <summary>Those of a group that are neither stored nor repeated in it, in order.</summary>
    public List<(NewMessage Message, int EventId)> TakeNew(DuckDBConnection connection, IEnumerable<(NewMessage Message, int EventId)> messages)
    {
        Load(connection);
        var unknown = messages.Where(m => Key(m.EventId, m.Message.InsertId) is var key && !_known.Contains(key) && _group.Add(key)).ToList();
        if (!_mayHaveForgotten)
        {
            return unknown;
        }

        var stored = FindStored(connection, unknown.Where(m => IsLate(m.Message)).Select(m => m.Message).ToList());
        return stored.Count == 0 ? unknown : unknown.Where(m => !stored.Contains((m.EventId, m.Message.InsertId))).ToList();
    }

    /// <summary>The group is stored.</summary>
    public void Committed()
    {
        foreach (var key in _group)
        {
            _known.Add(key);
        }

        _group.Clear();
        _mayHaveForgotten |= _known.Count > _known.Guaranteed;
    }

    /// <summary>The group was not stored.</summary>
    public void RolledBack() => _group.Clear();

    private static bool IsLate(NewMessage message) => message.Time is not { } time || message.ReceivedAt - time > Late;

    private static HashSet<(int EventId, string InsertId)> FindStored(DuckDBConnection connection, List<NewMessage> late)
    {
        if (late.Count == 0)
        {
            return [];
        }

        // One without a time may be anywhere.
        var anywhere = late.Any(m => m.Time is null);
        var from = anywhere ? DateTime.UnixEpoch : late.Min(m => m.Time!.Value);
        var to = anywhere ? late.Max(m => m.ReceivedAt) : late.Max(m => m.Time!.Value);
        return connection.Query(
            Stored, reader => (reader.GetInt32(0), reader.GetString(1)),
            ("from", from), ("to", to), ("ids", late.Select(m => m.InsertId).ToList())).ToHashSet();
    }

    private static UInt128 Key(int eventId, string insertId) =>
        XxHash128.HashToUInt128(MemoryMarshal.AsBytes(insertId.AsSpan()), eventId);

    private void Load(DuckDBConnection connection)
    {
        if (_loaded)
        {
            return;
        }

        using var command = connection.Command(Newest, ("most", _known.Guaranteed));
        command.UseStreamingMode = true;
        using var reader = command.ExecuteReader();
        var read = 0;
        while (reader.Read())
        {
            var key = Key(reader.GetInt32(0), reader.GetString(1));
            if (!_known.Contains(key))
            {
                _known.Add(key);
            }

            read++;
        }

        _mayHaveForgotten = read == _known.Guaranteed;
        _loaded = true;
    }
}
