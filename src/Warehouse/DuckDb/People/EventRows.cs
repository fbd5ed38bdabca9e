using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using DuckDB.NET.Data;
using Muster.Warehouse.Events;
using Muster.Warehouse.Identities;

namespace Muster.Warehouse.DuckDb.People;

/// <summary>The new event rows of one group.</summary>
internal sealed class EventRows(IdentityMap identities, EventNames names, RecentEvents recent, ClusterRows clusters)
{
    // A byte becomes six characters at most, as \u0000.
    private const int MostForOne = 6;

    // An event with properties of ours is put together here; the array is used again for the next one.
    private readonly ArrayBufferWriter<byte> _properties = new();
    private readonly AddedColumns _added = new("event", columns: 8, migrated: "known_source");
    private readonly List<Row> _rows = [];
    private readonly List<long> _times = [];

    /// <summary>Reads what columns there are; needed before the first group, and when they may have changed.</summary>
    public void ReadColumns(DuckDBConnection connection) => _added.Read(connection);

    /// <summary>Takes an event in; false when it is a duplicate.</summary>
    public bool TryAdd(NewEvent item)
    {
        var eventId = names.FindOrAdd(item.ProjectId, item.Name);
        var userId = item.DistinctId.Length == 0
            ? 0
            : identities.FindOrAdd(IdentityMap.Key(item.ProjectId, item.DistinctId), item.ProjectId, item.DistinctId);
        if (!recent.TryAdd(item, eventId, userId))
        {
            return false;
        }

        // After the check: what a duplicate claims was decided when it came first.
        Add(item, eventId, userId, item.Claim is { } claim ? clusters.Apply(item, claim) : null);
        return true;
    }

    /// <summary>Takes an event in that is known to be new; 0 as its user is nobody.</summary>
    public void Add(NewEvent item, int eventId, int userId, string? refusal = null)
    {
        _rows.Add(new Row(item, eventId, userId, refusal));
        _times.Add(item.Time.Ticks);
    }

    /// <summary>Writes them, sorted by time so that zone maps on time prune well.</summary>
    public void Append(DuckDBConnection connection)
    {
        if (_rows.Count == 0)
        {
            return;
        }

        CollectionsMarshal.AsSpan(_times).Sort(CollectionsMarshal.AsSpan(_rows));
        using var appender = connection.CreateAppender("event");
        foreach (var (item, eventId, userId, refusal) in _rows)
        {
            var row = appender.CreateRow().AppendValue(item.ProjectId).AppendValue(eventId);
            row = userId == 0 ? row.AppendNullValue() : row.AppendValue(userId);
            row.AppendValue(item.Time).AppendValue(item.InsertId).AppendValue(item.Source);

            _added.End(row.AppendValue(Properties(item, refusal)).AppendValue(item.ReceivedAt), KnownSource.Of(item.Source));
        }
    }

    /// <summary>Forgets the group.</summary>
    public void Clear()
    {
        _rows.Clear();
        _times.Clear();
    }

    // The appender takes UTF-8 only as a span that could be written to; it only reads.
    private Span<byte> Properties(NewEvent item, string? refusal)
    {
        if (refusal is null)
        {
            return MemoryMarshal.AsMemory(item.Properties).Span;
        }

        _properties.ResetWrittenCount();
        if (item.Claim is IdentityClaim.Device)
        {
            Add("$identity_failure_reason", refusal);
        }
        else
        {
            Add("$failure_reason", refusal);
            Add("$failure_description", MergeRefusal.Describe(refusal));
        }

        // What was sent follows, without its opening brace.
        var sent = item.Properties.Span[1..];
        _properties.Write(sent.TrimStart(" \t\r\n"u8).StartsWith("}"u8) ? [] : ","u8);
        _properties.Write(sent);
        return MemoryMarshal.AsMemory(_properties.WrittenMemory).Span;
    }

    private void Add(string name, string value)
    {
        _properties.Write(_properties.WrittenCount == 0 ? "{\""u8 : ",\""u8);
        _properties.Write(Encoding.UTF8.GetBytes(name));
        _properties.Write("\":\""u8);
        var utf8 = Encoding.UTF8.GetBytes(value);
        JavaScriptEncoder.UnsafeRelaxedJsonEscaping.EncodeUtf8(utf8, _properties.GetSpan(utf8.Length * MostForOne), out _, out var written);
        _properties.Advance(written);
        _properties.Write("\""u8);
    }

    private readonly record struct Row(NewEvent Item, int EventId, int UserId, string? Refusal);
}
