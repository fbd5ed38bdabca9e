using Muster.Control;

namespace Muster.Cohorts.Membership;

/// <summary>Remembers how large cohorts are.</summary>
public static class CohortSizes
{
    /// <summary>
    /// Notes a cohort's size as its latest, and in its history; for every run and recount. Saved with the caller's changes.
    /// </summary>
    public static void Note(ControlDb db, Cohort cohort, long count, DateTimeOffset at)
    {
        cohort.Count = count;
        cohort.CountedAt = at;
        db.CohortCounts.Add(new CohortCount { CohortId = cohort.Id, At = at, Count = count });
    }
}
