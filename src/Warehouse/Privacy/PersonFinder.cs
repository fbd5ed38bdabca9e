using Muster.Warehouse.DuckDb;

namespace Muster.Warehouse.Privacy;

/// <summary>Finds a person by any of their ids.</summary>
public sealed class PersonFinder(DuckDbStore store)
{
    private const string Ids = """
        WITH person AS (
            SELECT coalesce(a.canonical_id, i.user_id) AS canonical_id
            FROM identity i LEFT JOIN alias a ON a.user_id = i.user_id
            WHERE i.project_id = $project AND i.distinct_id = $id
        ),
        member AS (
            SELECT canonical_id AS user_id FROM person
            UNION
            SELECT a.user_id FROM alias a JOIN person p ON p.canonical_id = a.canonical_id
        )
        SELECT i.user_id, i.distinct_id, i.user_id IN (SELECT canonical_id FROM person)
        FROM identity i JOIN member m ON m.user_id = i.user_id
        ORDER BY 3 DESC, 1
        """;

    /// <summary>The person; without ids of their own when nobody has this one.</summary>
    public PersonRecord Find(int projectId, string distinctId)
    {
        using var connection = store.Open();
        var ids = connection.Query(
            Ids, r => (UserId: r.GetInt32(0), DistinctId: r.GetString(1)), ("project", projectId), ("id", distinctId));
        return new PersonRecord
        {
            ProjectId = projectId,
            AskedFor = distinctId,
            CanonicalId = ids.Count > 0 ? ids[0].DistinctId : null,
            DistinctIds = ids.Count > 0 ? ids.ConvertAll(i => i.DistinctId) : [distinctId],
            UserIds = ids.ConvertAll(i => i.UserId),
        };
    }
}
