using DuckDB.NET.Data;
using Muster.Warehouse.Profiles;

namespace Muster.Warehouse.DuckDb.People;

/// <summary>The profiles that one group touches: read once, changed in memory, written once.</summary>
internal sealed class ProfileRows(IdentityMap identities, ClusterRows clusters)
{
    private const string Read = "SELECT user_id, properties FROM profile WHERE user_id IN (SELECT unnest($ids))";
    private const string Remove = "DELETE FROM profile WHERE user_id IN (SELECT unnest($ids))";
    private const string WithEvents = "SELECT DISTINCT user_id FROM event WHERE user_id IN (SELECT unnest($ids))";
    private const string RemoveIdentity = "DELETE FROM identity WHERE user_id IN (SELECT unnest($ids))";
    private const string Retire = "INSERT INTO retired_user_id SELECT unnest($ids)";

    private readonly AddedColumns _added = new("profile", columns: 8);
    private readonly Dictionary<UInt128, Touched> _touched = [];

    /// <summary>Whose profiles the group wrote.</summary>
    public List<int> Written { get; } = [];

    /// <summary>Reads what columns there are; needed before the first group, and when they may have changed.</summary>
    public void ReadColumns(DuckDBConnection connection) => _added.Read(connection);

    /// <summary>Applies what the group merged, and then its updates in order, to what is stored, and writes the result.</summary>
    public void Apply(DuckDBConnection connection, IReadOnlyList<PeopleWrite.Profiles> writes)
    {
        var updates = writes.SelectMany(write => write.Updates)
            .Select(update => (Place: PlaceOf(update, out var key), Key: key, update)).ToList();
        Load(connection, updates.Select(u => (u.Place, u.Key)).Concat(clusters.Merged.SelectMany(m => new[] { PlaceOf(m.From), PlaceOf(m.To) })));
        clusters.Merged.ToList().ForEach(Merge);

        var position = 0;
        foreach (var write in writes)
        {
            for (var i = 0; i < write.Updates.Count; i++)
            {
                var (place, _, update) = updates[position++];
                write.Outcomes[i] = _touched[place].Apply(update.IgnoreAlias && IsAlias(place, update) ? WithoutDelete(update) : update);
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

    // A profile is found by the canonical id of its person, or by its key as long as it is nobody's. No key, being a
    // hash, is as small as an id.
    private static (UInt128 Place, UInt128 Key) PlaceOf(int userId) => ((UInt128)(uint)userId, default);

    private UInt128 PlaceOf(ProfileUpdate update, out UInt128 key)
    {
        key = IdentityMap.Key(update.ProjectId, update.DistinctId);
        return identities.Find(key) is { } userId ? (UInt128)(uint)clusters.CanonicalOf(userId) : key;
    }

    // Nothing is stored under an id that is not its person's canonical one.
    private bool IsAlias(UInt128 place, ProfileUpdate update) =>
        identities.Find(IdentityMap.Key(update.ProjectId, update.DistinctId)) is { } userId && (UInt128)(uint)userId != place;

    private static ProfileUpdate WithoutDelete(ProfileUpdate update) =>
        update with { Operations = [.. update.Operations.Where(o => o is not ProfileOperation.Delete)] };

    private void Load(DuckDBConnection connection, IEnumerable<(UInt128 Place, UInt128 Key)> places)
    {
        var wanted = places.DistinctBy(p => p.Place).ToList();
        var ids = wanted.Where(p => p.Place != p.Key).Select(p => (int)p.Place).ToList();
        var stored = new Dictionary<int, string>();
        if (ids.Count > 0)
        {
            using var command = RowsOf.Command(connection, Read, ids);
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                stored.Add(reader.GetInt32(0), reader.GetString(1));
            }
        }

        foreach (var (place, key) in wanted)
        {
            int? userId = place == key ? null : (int)place;
            _touched.Add(place, new Touched(userId, key, userId is { } id ? stored.GetValueOrDefault(id) : null));
        }
    }

    private void Merge(PersonMerge merge)
    {
        var (from, to) = (_touched[PlaceOf(merge.From).Place], _touched[PlaceOf(merge.To).Place]);
        if (merge.CarriesProfile && from.Document.Exists)
        {
            to.ProjectId = merge.ProjectId;
            to.Document.FillFrom(from.Document);
        }

        from.Document.Delete();
    }

    private void Write(DuckDBConnection connection)
    {
        var changed = _touched.Values.Where(t => t.Document.Changed).ToList();
        var gone = changed.Where(t => t.WasStored && !t.Document.Exists).ToList();
        RowsOf.Execute(connection, Remove, changed.Where(t => t.WasStored).Select(t => t.UserId!.Value).ToList());

        using (var appender = connection.CreateAppender("profile"))
        {
            foreach (var touched in changed.Where(t => t.Document.Exists))
            {
                var userId = touched.UserId ?? identities.FindOrAdd(touched.Key, touched.ProjectId, touched.DistinctId!);
                var document = touched.Document;
                Written.Add(userId);
                _added.End(appender.CreateRow().AppendValue(userId).AppendValue(touched.ProjectId).AppendValue(document.ToJson())
                    .AppendValue(document.Text("$email")).AppendValue(document.Text("$iterable_user_id"))
                    .AppendValue(document.Text("$first_name")).AppendValue(document.Text("$last_name"))
                    .AppendValue(document.LastSeen()));
            }
        }

        // The ids of a merged person stay: the event that merged them is there.
        RetireThoseWithoutEvents(connection, gone.Where(t => !clusters.IsMerged(t.UserId!.Value)).ToDictionary(t => t.UserId!.Value, t => t.Key));
    }

    // An id without profile and event is nobody, and must not count as someone who did not do a thing.
    private void RetireThoseWithoutEvents(DuckDBConnection connection, Dictionary<int, UInt128> gone)
    {
        if (gone.Count == 0)
        {
            return;
        }

        using (var command = RowsOf.Command(connection, WithEvents, [.. gone.Keys]))
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                gone.Remove(reader.GetInt32(0));
            }
        }

        List<int> retired = [.. gone.Keys];
        RowsOf.Execute(connection, RemoveIdentity, retired);
        RowsOf.Execute(connection, Retire, retired);
        foreach (var key in gone.Values)
        {
            identities.Retire(key);
        }
    }

    private sealed class Touched(int? userId, UInt128 key, string? stored)
    {
        public int? UserId { get; } = userId;

        /// <summary>The key of the id that named the person; of one that was not merged its only one.</summary>
        public UInt128 Key { get; } = key;

        public bool WasStored { get; } = stored is not null;

        public ProfileDocument Document { get; } = new(stored);

        public int ProjectId { get; set; }

        public string? DistinctId { get; private set; }

        public ProfileOutcome Apply(ProfileUpdate update)
        {
            (ProjectId, DistinctId) = (update.ProjectId, update.DistinctId);
            return Document.Apply(update);
        }
    }
}
