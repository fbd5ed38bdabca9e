using DuckDB.NET.Data;
using Muster.Warehouse.Profiles;

namespace Muster.Warehouse.DuckDb.GroupProfiles;

/// <summary>The group profiles that waiting writes touch: read once, changed in memory, written once.</summary>
internal sealed class GroupProfileWork : IGroupWork<GroupProfileWrite>
{
    private const string Read = """
        SELECT project_id, group_key, group_id, properties
        FROM group_profile
        WHERE (project_id, group_key, group_id) IN (SELECT unnest($projects), unnest($keys), unnest($ids))
        """;

    private const string Remove = """
        DELETE FROM group_profile
        WHERE (project_id, group_key, group_id) IN (SELECT unnest($projects), unnest($keys), unnest($ids))
        """;

    public void Prepare(DuckDBConnection connection)
    {
    }

    public int Weigh(GroupProfileWrite write) => write.Updates.Count;

    public void Apply(DuckDBConnection connection, IReadOnlyList<GroupProfileWrite> group)
    {
        var touched = Load(connection, group.SelectMany(write => write.Updates).Select(Place.Of).Distinct().ToList());
        foreach (var write in group)
        {
            for (var i = 0; i < write.Updates.Count; i++)
            {
                var update = write.Updates[i];
                write.Outcomes[i] = touched[Place.Of(update)].Document.Apply(update.Operations, lastSeen: null);
            }
        }

        Write(connection, touched.Where(t => t.Value.Document.Changed).ToList());
    }

    public void Committed()
    {
    }

    public void RolledBack()
    {
    }

    private static Dictionary<Place, Touched> Load(DuckDBConnection connection, List<Place> places)
    {
        var touched = places.ToDictionary(place => place, _ => new Touched(null));
        using var command = Command(connection, Read, places);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            touched[new Place(reader.GetInt32(0), reader.GetString(1), reader.GetString(2))] = new Touched(reader.GetString(3));
        }

        return touched;
    }

    private static void Write(DuckDBConnection connection, List<KeyValuePair<Place, Touched>> changed)
    {
        var stored = changed.Where(t => t.Value.WasStored).Select(t => t.Key).ToList();
        if (stored.Count > 0)
        {
            using var command = Command(connection, Remove, stored);
            command.ExecuteNonQuery();
        }

        using var appender = connection.CreateAppender("group_profile");
        foreach (var (place, profile) in changed.Where(t => t.Value.Document.Exists))
        {
            appender.CreateRow().AppendValue(place.ProjectId).AppendValue(place.GroupKey).AppendValue(place.GroupId)
                .AppendValue(profile.Document.ToJson()).EndRow();
        }
    }

    private static DuckDBCommand Command(DuckDBConnection connection, string sql, List<Place> places) => connection.Command(
        sql,
        ("projects", places.ConvertAll(place => place.ProjectId)),
        ("keys", places.ConvertAll(place => place.GroupKey)),
        ("ids", places.ConvertAll(place => place.GroupId)));

    private readonly record struct Place(int ProjectId, string GroupKey, string GroupId)
    {
        public static Place Of(GroupUpdate update) => new(update.ProjectId, update.GroupKey, update.GroupId);
    }

    private sealed class Touched(string? stored)
    {
        public bool WasStored { get; } = stored is not null;

        public ProfileDocument Document { get; } = new(stored);
    }
}
