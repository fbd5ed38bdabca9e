using DuckDB.NET.Data;
using Muster.Warehouse.DuckDb.People;

namespace Muster.Warehouse.DuckDb.Retention;

/// <summary>Lets go of old events and of who is left without any, within the group's transaction, a piece at a time.</summary>
internal sealed class Ageing(IdentityMap identities)
{
    private const string Events = """
        DELETE FROM event WHERE rowid IN (SELECT rowid FROM event WHERE time < $before LIMIT $most)
        """;

    // Who has an event in the queue has yet to be named to its receiver.
    private const string Nobodies = """
        SELECT i.user_id, i.project_id, i.distinct_id FROM identity i
        WHERE i.user_id IN (SELECT unnest($ids))
          AND i.user_id NOT IN (
            SELECT user_id FROM event WHERE user_id IN (SELECT unnest($ids))
            UNION ALL SELECT user_id FROM profile WHERE user_id IN (SELECT unnest($ids))
            UNION ALL SELECT user_id FROM alias WHERE user_id IN (SELECT unnest($ids))
            UNION ALL SELECT canonical_id FROM alias WHERE canonical_id IN (SELECT unnest($ids))
            UNION ALL SELECT user_id FROM identity_use WHERE user_id IN (SELECT unnest($ids))
            UNION ALL SELECT user_id FROM forward WHERE user_id IN (SELECT unnest($ids))
            UNION ALL SELECT user_id FROM forward_refused WHERE user_id IN (SELECT unnest($ids)))
        """;

    // The ids are not given out again: receipts and ledgers may still name them.
    private static readonly string[] Removal =
    [
        "DELETE FROM unresolved WHERE user_id IN (SELECT unnest($ids))",
        "DELETE FROM identity WHERE user_id IN (SELECT unnest($ids))",
        "INSERT INTO retired_user_id SELECT unnest($ids)",
    ];

    /// <summary>Deletes events from before a time; gives how many.</summary>
    public static int Delete(DuckDBConnection connection, DateTime before, int most) =>
        connection.Execute(Events, ("before", before), ("most", most));

    /// <summary>Retires those of the ids that stand for nobody any more; gives how many.</summary>
    public int Retire(DuckDBConnection connection, List<int> userIds)
    {
        var gone = connection.Query(Nobodies, r => (UserId: r.GetInt32(0), ProjectId: r.GetInt32(1), DistinctId: r.GetString(2)), ("ids", userIds));
        var ids = gone.ConvertAll(g => g.UserId);
        foreach (var statement in Removal)
        {
            RowsOf.Execute(connection, statement, ids);
        }

        gone.ForEach(g => identities.Retire(IdentityMap.Key(g.ProjectId, g.DistinctId)));
        return gone.Count;
    }
}
