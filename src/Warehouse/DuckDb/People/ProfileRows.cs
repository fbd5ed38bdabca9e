using DuckDB.NET.Data;
using Muster.Warehouse.Profiles;

namespace Muster.Warehouse.DuckDb.People;

/// <summary>The profiles that one group touches: read once, changed in memory, written once.</summary>
internal sealed class ProfileRows(IdentityMap identities)
{
    private const string Read = "SELECT user_id, properties FROM profile WHERE user_id IN (SELECT unnest($ids))";
    private const string Remove = "DELETE FROM profile WHERE user_id IN (SELECT unnest($ids))";
    private const string WithEvents = "SELECT DISTINCT user_id FROM event WHERE user_id IN (SELECT unnest($ids))";
    private const string RemoveIdentity = "DELETE FROM identity WHERE user_id IN (SELECT unnest($ids))";
    private const string Retire = "INSERT INTO retired_user_id SELECT unnest($ids)";

    private readonly Dictionary<UInt128, Touched> _touched = [];

    /// <summary>Whose profiles the group wrote.</summary>
    public List<int> Written { get; } = [];

    /// <summary>Applies the updates of the group in order to what is stored, and writes the result.</summary>
    public void Apply(DuckDBConnection connection, IReadOnlyList<PeopleWrite.Profiles> writes)
    {
        var updates = writes.SelectMany(write => write.Updates)
            .Select(update => (Key: IdentityMap.Key(update.ProjectId, update.DistinctId), update)).ToList();
        Load(connection, updates.Select(u => u.Key).Distinct().ToList());

        var position = 0;
        foreach (var write in writes)
        {
            for (var i = 0; i < write.Updates.Count; i++)
            {
                var (key, update) = updates[position++];
                write.Outcomes[i] = _touched[key].Apply(update);
            }
        }

        Write(connection);
    }

    /// <summary>Forgets the group.</summary>
    public void Clear()
    {
        _touched.Clear();
        Written.Clear();
    }

    private static DuckDBCommand Command(DuckDBConnection connection, string sql, List<int> ids)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.Add(new DuckDBParameter("ids", ids));
        return command;
    }

    private static void Execute(DuckDBConnection connection, string sql, List<int> ids)
    {
        if (ids.Count > 0)
        {
            using var command = Command(connection, sql, ids);
            command.ExecuteNonQuery();
        }
    }

    private void Load(DuckDBConnection connection, List<UInt128> keys)
    {
        var known = keys.Select(key => (Key: key, UserId: identities.Find(key))).ToList();
        var stored = new Dictionary<int, string>();
        var ids = known.Where(k => k.UserId is not null).Select(k => k.UserId!.Value).ToList();
        if (ids.Count > 0)
        {
            using var command = Command(connection, Read, ids);
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                stored.Add(reader.GetInt32(0), reader.GetString(1));
            }
        }

        foreach (var (key, userId) in known)
        {
            _touched.Add(key, new Touched(userId, userId is { } id ? stored.GetValueOrDefault(id) : null));
        }
    }

    private void Write(DuckDBConnection connection)
    {
        var changed = _touched.Where(t => t.Value.Document.Changed).ToList();
        var gone = changed.Where(t => t.Value.WasStored && !t.Value.Document.Exists).ToList();
        Execute(connection, Remove, changed.Where(t => t.Value.WasStored).Select(t => t.Value.UserId!.Value).ToList());

        using (var appender = connection.CreateAppender("profile"))
        {
            foreach (var (key, touched) in changed.Where(t => t.Value.Document.Exists))
            {
                var last = touched.Last!;
                var userId = touched.UserId ?? identities.FindOrAdd(key, last.ProjectId, last.DistinctId);
                var document = touched.Document;
                Written.Add(userId);
                appender.CreateRow().AppendValue(userId).AppendValue(last.ProjectId).AppendValue(document.ToJson())
                    .AppendValue(document.Text("$email")).AppendValue(document.Text("$iterable_user_id"))
                    .AppendValue(document.Text("$first_name")).AppendValue(document.Text("$last_name"))
                    .AppendValue(document.LastSeen()).EndRow();
            }
        }

        RetireThoseWithoutEvents(connection, gone.ToDictionary(t => t.Value.UserId!.Value, t => t.Key));
    }

    // An id without profile and event is nobody, and must not count as someone who did not do a thing.
    private void RetireThoseWithoutEvents(DuckDBConnection connection, Dictionary<int, UInt128> gone)
    {
        if (gone.Count == 0)
        {
            return;
        }

        using (var command = Command(connection, WithEvents, [.. gone.Keys]))
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                gone.Remove(reader.GetInt32(0));
            }
        }

        List<int> retired = [.. gone.Keys];
        Execute(connection, RemoveIdentity, retired);
        Execute(connection, Retire, retired);
        foreach (var key in gone.Values)
        {
            identities.Retire(key);
        }
    }

    private sealed class Touched(int? userId, string? stored)
    {
        public int? UserId { get; } = userId;

        public bool WasStored { get; } = stored is not null;

        public ProfileDocument Document { get; } = new(stored);

        public ProfileUpdate? Last { get; private set; }

        public ProfileOutcome Apply(ProfileUpdate update)
        {
            Last = update;
            return Document.Apply(update);
        }
    }
}
