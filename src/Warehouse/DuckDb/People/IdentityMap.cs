using System.IO.Hashing;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;

namespace Muster.Warehouse.DuckDb.People;

/// <summary>The user id of every distinct id, in memory by a 128-bit hash (36 to 72 bytes a person), and the ids a group adds or retires.</summary>
internal sealed class IdentityMap
{
    private const string All = "SELECT project_id, distinct_id, user_id FROM identity";

    private const string Count = "SELECT count(*)::INTEGER FROM identity";

    private const string Highest = """
        SELECT coalesce(max(user_id), 0) FROM (SELECT user_id FROM identity UNION ALL SELECT user_id FROM retired_user_id)
        """;

    private readonly Dictionary<Slot, int> _ids = [];
    private readonly List<(UInt128 Key, int UserId, int ProjectId, string DistinctId)> _added = [];
    private readonly List<UInt128> _retired = [];
    private int _highest;

    /// <summary>The key of a distinct id.</summary>
    public static UInt128 Key(int projectId, string distinctId) =>
        XxHash128.HashToUInt128(MemoryMarshal.AsBytes(distinctId.AsSpan()), projectId);

    /// <summary>Reads them from the store.</summary>
    public void Load(DuckDBConnection connection)
    {
        _ids.Clear();
        using (var command = connection.CreateCommand())
        {
            command.CommandText = Highest;
            _highest = (int)command.ExecuteScalar()!;
        }

        using (var command = connection.CreateCommand())
        {
            command.CommandText = Count;
            _ids.EnsureCapacity((int)command.ExecuteScalar()!);
        }

        using (var command = connection.CreateCommand())
        {
            command.CommandText = All;
            command.UseStreamingMode = true;
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                _ids.Add(Slot.Of(Key(reader.GetInt32(0), reader.GetString(1))), reader.GetInt32(2));
            }
        }
    }

    /// <summary>The user id of a distinct id; null when it has none.</summary>
    public int? Find(UInt128 key) => _ids.TryGetValue(Slot.Of(key), out var id) ? id : null;

    /// <summary>The user id of a distinct id, given now when it has none.</summary>
    public int FindOrAdd(UInt128 key, int projectId, string distinctId)
    {
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(_ids, Slot.Of(key), out var exists);
        if (!exists)
        {
            id = ++_highest;
            _added.Add((key, id, projectId, distinctId));
        }

        return id;
    }

    /// <summary>Whether the id was given by the group that is being written.</summary>
    public bool IsNew(int userId) => userId > _highest - _added.Count;

    /// <summary>The id stands for nobody any more, once the group is stored.</summary>
    public void Retire(UInt128 key) => _retired.Add(key);

    /// <summary>Writes the rows of the ids that the group added.</summary>
    public void AppendAdded(DuckDBConnection connection)
    {
        if (_added.Count == 0)
        {
            return;
        }

        using var appender = connection.CreateAppender("identity");
        foreach (var (_, userId, projectId, distinctId) in _added)
        {
            appender.CreateRow().AppendValue(userId).AppendValue(projectId).AppendValue(distinctId).EndRow();
        }
    }

    /// <summary>The group is stored.</summary>
    public void Committed()
    {
        _retired.ForEach(key => _ids.Remove(Slot.Of(key)));
        _retired.Clear();
        _added.Clear();
    }

    /// <summary>The group was not stored: its ids were never given.</summary>
    public void RolledBack()
    {
        _added.ForEach(added => _ids.Remove(Slot.Of(added.Key)));
        _highest -= _added.Count;
        _added.Clear();
        _retired.Clear();
    }

    // A UInt128 asks for 16-byte alignment and would make an entry of the dictionary 48 bytes instead of 32.
    private readonly record struct Slot(ulong High, ulong Low)
    {
        public static Slot Of(UInt128 key) => new((ulong)(key >> 64), (ulong)key);

        public override int GetHashCode() => (int)Low;
    }
}
