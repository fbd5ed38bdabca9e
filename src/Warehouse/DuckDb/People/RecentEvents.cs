using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using Muster.Warehouse.Events;

namespace Muster.Warehouse.DuckDb.People;

/// <summary>Knows which events arrived recently, so that one sent again is not stored again.</summary>
/// <remarks>
/// The key of an event is project and name (both in the event id), sender's distinct id (the user id), time and insert
/// id. An event whose time was given by the clock here cannot be recognised by its time, as that differs at the next
/// arrival: it is known by a second key without time.
/// </remarks>
internal sealed class RecentEvents
{
    private const string Newest = """
        SELECT event_id, coalesce(user_id, 0), epoch_ms(time), epoch_ms(received_at), insert_id
        FROM event
        WHERE rowid >= (SELECT coalesce(max(rowid), 0) FROM event) - $window
        """;

    // 2.5 to 3.3 million events in 64 MB.
    private const int Slots = 1 << 20;

    private const int LongestHashed = 128;

    private readonly KeyWindow _known = new(Slots);
    private readonly KeyWindow _knownWithoutTime = new(Slots / 4);
    private readonly HashSet<UInt128> _group = [];
    private readonly HashSet<UInt128> _groupWithoutTime = [];

    /// <summary>Reads the newest events from the store.</summary>
    public void Load(DuckDBConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Newest;
        command.UseStreamingMode = true;
        command.Parameters.Add(new DuckDBParameter("window", _known.Guaranteed));
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            TryAdd(reader.GetInt32(0), reader.GetInt32(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetString(4));
            if (_group.Count >= 100_000)
            {
                Committed();
            }
        }

        Committed();
    }

    /// <summary>Notes an event of the group; false when it was seen before, in this group or an earlier one.</summary>
    public bool TryAdd(NewEvent item, int eventId, int userId) =>
        item.InsertIdIsOurs
        || TryAdd(eventId, userId, Milliseconds(item.Time), Milliseconds(item.ReceivedAt), item.InsertId);

    /// <summary>The group is stored.</summary>
    public void Committed()
    {
        Move(_group, _known);
        Move(_groupWithoutTime, _knownWithoutTime);
    }

    /// <summary>The group was not stored.</summary>
    public void RolledBack()
    {
        _group.Clear();
        _groupWithoutTime.Clear();
    }

    private static void Move(HashSet<UInt128> from, KeyWindow to)
    {
        foreach (var key in from)
        {
            to.Add(key);
        }

        from.Clear();
    }

    private static long Milliseconds(DateTime time) => (time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    private static UInt128 Key(int eventId, int userId, long time, string insertId)
    {
        Span<byte> key = stackalloc byte[16 + (LongestHashed * sizeof(char))];
        BinaryPrimitives.WriteInt32LittleEndian(key, eventId);
        BinaryPrimitives.WriteInt32LittleEndian(key[4..], userId);
        BinaryPrimitives.WriteInt64LittleEndian(key[8..], time);
        var id = MemoryMarshal.AsBytes(insertId.AsSpan(0, Math.Min(insertId.Length, LongestHashed)));
        id.CopyTo(key[16..]);
        return XxHash128.HashToUInt128(key[..(16 + id.Length)]);
    }

    private bool TryAdd(int eventId, int userId, long time, long receivedAt, string insertId)
    {
        var key = Key(eventId, userId, time, insertId);
        if (_group.Contains(key) || _known.Contains(key))
        {
            return false;
        }

        var timeIsOurs = time == receivedAt;
        if (timeIsOurs || _knownWithoutTime.Count > 0 || _groupWithoutTime.Count > 0)
        {
            var without = Key(eventId, userId, long.MinValue, insertId);
            if (_groupWithoutTime.Contains(without) || _knownWithoutTime.Contains(without))
            {
                return false;
            }

            if (timeIsOurs)
            {
                _groupWithoutTime.Add(without);
            }
        }

        _group.Add(key);
        return true;
    }
}
