using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using Muster.Warehouse.Events;

namespace Muster.Warehouse.DuckDb.People;

/// <summary>The new event rows of one group.</summary>
internal sealed class EventRows(IdentityMap identities, EventNames names, RecentEvents recent)
{
    private readonly List<Row> _rows = [];
    private readonly List<long> _times = [];

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

        Add(item, eventId, userId);
        return true;
    }

    /// <summary>Takes an event in that is known to be new; 0 as its user is nobody.</summary>
    public void Add(NewEvent item, int eventId, int userId)
    {
        _rows.Add(new Row(item, eventId, userId));
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
        foreach (var (item, eventId, userId) in _rows)
        {
            var row = appender.CreateRow().AppendValue(item.ProjectId).AppendValue(eventId);
            row = userId == 0 ? row.AppendNullValue() : row.AppendValue(userId);
            row.AppendValue(item.Time).AppendValue(item.InsertId).AppendValue(item.Source);

            // The appender takes UTF-8 only as a span that could be written to; it only reads.
            row.AppendValue(MemoryMarshal.AsMemory(item.Properties).Span).AppendValue(item.ReceivedAt).EndRow();
        }
    }

    /// <summary>Forgets the group.</summary>
    public void Clear()
    {
        _rows.Clear();
        _times.Clear();
    }

    private readonly record struct Row(NewEvent Item, int EventId, int UserId);
}
