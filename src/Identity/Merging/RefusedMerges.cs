using Muster.Warehouse.DuckDb;
using Muster.Warehouse.Identities;

namespace Muster.Identity.Merging;

/// <summary>A merge that was asked for and not done.</summary>
/// <param name="Kind">What asked for it: <c>identify</c>, <c>alias</c>, <c>merge</c> (original), <c>device</c> (simplified).</param>
/// <param name="Ids">The two ids, as sent.</param>
/// <param name="Reason">Why not; it is also on the event.</param>
/// <param name="Description">The reason in a sentence.</param>
/// <param name="At">When it was refused first.</param>
internal sealed record RefusedMerge(string Kind, IReadOnlyList<string> Ids, string Reason, string Description, DateTimeOffset At)
{
    /// <summary>Its place in the list.</summary>
    internal long Number { get; init; }
}

/// <summary>Reads the merges that were refused.</summary>
internal sealed class RefusedMerges(DuckDbStore store)
{
    private const string Page = """
        SELECT number, kind, first_id, second_id, reason, refused_at FROM refused_merge
        WHERE project_id = $project AND number > $after ORDER BY number LIMIT $limit
        """;

    /// <summary>Up to <paramref name="limit"/> of a project's, in the order in which they were refused.</summary>
    public List<RefusedMerge> Read(int projectId, long after, int limit)
    {
        using var connection = store.Open();
        return connection.Query(
            Page,
            r => new RefusedMerge(
                r.GetString(1), [r.GetString(2), r.GetString(3)], r.GetString(4), MergeRefusal.Describe(r.GetString(4)),
                new DateTimeOffset(r.GetDateTime(5), TimeSpan.Zero))
            { Number = r.GetInt64(0) },
            ("project", projectId), ("after", after), ("limit", limit));
    }
}
