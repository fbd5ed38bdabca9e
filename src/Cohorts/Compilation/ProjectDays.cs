namespace Muster.Cohorts.Compilation;

/// <summary>The days of a project's time zone as moments in UTC.</summary>
public static class ProjectDays
{
    /// <summary>The first moment of a day.</summary>
    public static DateTime Start(DateOnly day, TimeZoneInfo zone) => new ProjectCalendar(DateTimeOffset.UnixEpoch, zone).StartOf(day);

    /// <summary>The first moment after a day.</summary>
    public static DateTime End(DateOnly day, TimeZoneInfo zone) =>
        new ProjectCalendar(DateTimeOffset.UnixEpoch, zone).EndOf(day) ?? DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);
}
