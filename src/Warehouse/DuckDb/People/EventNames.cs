using System.Runtime.InteropServices;
using DuckDB.NET.Data;

namespace Muster.Warehouse.DuckDb.People;

/// <summary>The event id of every event name, in memory, and the names a group adds.</summary>
internal sealed class EventNames
{
    private const string All = "SELECT project_id, name, event_id FROM event_name";

    private readonly Dictionary<(int ProjectId, string Name), int> _ids = [];
    private readonly List<(int ProjectId, string Name)> _added = [];
    private int _highest;

    /// <summary>Reads them from the store.</summary>
    public void Load(DuckDBConnection connection)
    {
        _ids.Clear();
        _highest = 0;
        using var command = connection.CreateCommand();
        command.CommandText = All;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var id = reader.GetInt32(2);
            _ids.Add((reader.GetInt32(0), reader.GetString(1)), id);
            _highest = Math.Max(_highest, id);
        }
    }

    /// <summary>The event id of a name, given now when it has none.</summary>
    public int FindOrAdd(int projectId, string name)
    {
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(_ids, (projectId, name), out var exists);
        if (!exists)
        {
            id = ++_highest;
            _added.Add((projectId, name));
        }

        return id;
    }

    /// <summary>Writes the rows of the names that the group added.</summary>
    public void AppendAdded(DuckDBConnection connection)
    {
        if (_added.Count == 0)
        {
            return;
        }

        using var appender = connection.CreateAppender("event_name");
        foreach (var name in _added)
        {
            appender.CreateRow().AppendValue(_ids[name]).AppendValue(name.ProjectId).AppendValue(name.Name).EndRow();
        }
    }

    /// <summary>The group is stored.</summary>
    public void Committed() => _added.Clear();

    /// <summary>The group was not stored: its names were never given an id.</summary>
    public void RolledBack()
    {
        _added.ForEach(name => _ids.Remove(name));
        _highest -= _added.Count;
        _added.Clear();
    }
}
