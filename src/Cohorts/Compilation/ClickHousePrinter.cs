namespace Muster.Cohorts.Compilation;

/// <summary>Writes a cohort as one ClickHouse SELECT of its members.</summary>
internal static class ClickHousePrinter
{
    /// <summary>Prints a cohort as of the calendar's moment.</summary>
    public static MemberQuery Print(CohortPlan plan, ProjectCalendar calendar) =>
        CohortPrinter.Print(plan, new ClickHouseDialect(calendar), calendar);
}
