using Muster.Cohorts.Promotion;

namespace Muster.Cohorts.Compilation;

/// <summary>Writes a cohort as one DuckDB SELECT of its members.</summary>
internal static class DuckDbPrinter
{
    /// <summary>Prints a cohort as of the calendar's moment.</summary>
    public static MemberQuery Print(CohortPlan plan, ProjectCalendar calendar, Func<PropertyKey, PromotedProperty?>? promoted = null) =>
        CohortPrinter.Print(plan, new DuckDbDialect(calendar), calendar, promoted);
}
