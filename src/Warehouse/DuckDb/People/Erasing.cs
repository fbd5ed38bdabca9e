using DuckDB.NET.Data;
using Muster.Warehouse.DuckDb.Forwarding;
using Muster.Warehouse.Privacy;

namespace Muster.Warehouse.DuckDb.People;

/// <summary>Deletes all that the store keeps about one person, within the group's transaction.</summary>
internal sealed class Erasing(IdentityMap identities, ClusterRows clusters)
{
    private const string Names = "SELECT distinct_id FROM identity WHERE user_id IN (SELECT unnest($ids))";
    private const string Events = "DELETE FROM event WHERE user_id IN (SELECT unnest($ids))";
    private const string Profiles = "DELETE FROM profile WHERE user_id IN (SELECT unnest($ids))";

    private const string RefusedMerges = """
        DELETE FROM refused_merge WHERE project_id = $project AND (first_id IN (SELECT unnest($names)) OR second_id IN (SELECT unnest($names)))
        """;

    // The ids are not given out again: runs that hold them still say what became of somebody.
    private static readonly string[] Identities =
    [
        "DELETE FROM alias WHERE user_id IN (SELECT unnest($ids))",
        "DELETE FROM unresolved WHERE user_id IN (SELECT unnest($ids))",
        "DELETE FROM identity_use WHERE user_id IN (SELECT unnest($ids))",
        "DELETE FROM identity WHERE user_id IN (SELECT unnest($ids))",
        "INSERT INTO retired_user_id SELECT unnest($ids)",
        "INSERT INTO erased_user_id SELECT unnest($ids)",
    ];

    /// <summary>Deletes the person that an id belongs to, with all their ids.</summary>
    public ErasedRecords Erase(DuckDBConnection connection, int projectId, string distinctId)
    {
        var known = identities.Find(IdentityMap.Key(projectId, distinctId));
        List<int> ids = known is { } userId ? [.. clusters.MembersOf(userId)] : [];
        List<string> names = [distinctId];
        var (events, profiles) = (0, 0);
        if (ids.Count > 0)
        {
            using (var command = RowsOf.Command(connection, Names, ids))
            using (var reader = command.ExecuteReader())
            {
                names.Clear();
                while (reader.Read())
                {
                    names.Add(reader.GetString(0));
                }
            }

            events = RowsOf.Execute(connection, Events, ids);
            profiles = RowsOf.Execute(connection, Profiles, ids);
            ForwardRows.Erase(connection, ids);
            foreach (var statement in Identities)
            {
                RowsOf.Execute(connection, statement, ids);
            }

            clusters.Remove(ids);
            names.ForEach(name => identities.Retire(IdentityMap.Key(projectId, name)));
        }

        var refused = connection.Execute(RefusedMerges, ("project", projectId), ("names", names));
        return new ErasedRecords(ids.Count, events, profiles, refused);
    }
}
