using Muster.Cohorts.Definition;

namespace Muster.Cohorts.Compilation;

/// <summary>
/// The moment a cohort is evaluated at, and the days and months of the project's time zone. All results are UTC.
/// </summary>
/// <remarks>
/// A wall-clock time that comes twice means the first one; one that is skipped is moved on by what was skipped. Offsets
/// are only ever asked for UTC times, where they are never in doubt.
/// </remarks>
internal sealed class ProjectCalendar
{
    private readonly TimeZoneInfo _zone;

    public ProjectCalendar(DateTimeOffset now, TimeZoneInfo zone)
    {
        _zone = zone;
        // The store keeps microseconds: what is not after the truncated moment is not after the moment itself.
        var ticks = now.UtcTicks;
        Now = new DateTime(ticks - (ticks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);
    }

    /// <summary>The moment of evaluation, to the microsecond.</summary>
    public DateTime Now { get; }

    /// <summary>The moment a span before now; null: before everything.</summary>
    public DateTime? Ago(Span span)
    {
        if (span.Unit == SpanUnit.Month)
        {
            var wall = WallClock(Now);
            var years = wall.Year - 1;
            return span.N / 12 >= years ? null : ToUtc(wall.AddMonths(-span.N));
        }

        return FixedLength(span) is { } length && length < Now - DateTime.MinValue ? Now - length : null;
    }

    /// <summary>The length of minutes to weeks; null for months, and beyond what a time span holds.</summary>
    public static TimeSpan? FixedLength(Span span)
    {
        var minutes = span.Unit switch
        {
            SpanUnit.Minute => 1L,
            SpanUnit.Hour => 60,
            SpanUnit.Day => 24 * 60,
            SpanUnit.Week => 7 * 24 * 60,
            _ => 0,
        } * span.N;
        return minutes > 0 && minutes <= TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMinute ? TimeSpan.FromTicks(minutes * TimeSpan.TicksPerMinute) : null;
    }

    /// <summary>The first instant of a day.</summary>
    public DateTime StartOf(DateOnly day) => ToUtc(day.ToDateTime(TimeOnly.MinValue));

    /// <summary>The first instant after a day; null: there is none.</summary>
    public DateTime? EndOf(DateOnly day) => day == DateOnly.MaxValue ? null : StartOf(day.AddDays(1));

    /// <summary>The last day whose first instant is not after a moment.</summary>
    public DateOnly LastDayBegunBy(DateTime utc)
    {
        // A clock put back over midnight shows a day that is over: the next one has begun already.
        var day = DateOnly.FromDateTime(WallClock(utc));
        return day < DateOnly.MaxValue && StartOf(day.AddDays(1)) <= utc ? day.AddDays(1) : day;
    }

    /// <summary>The first day whose first instant is not before a moment.</summary>
    public DateOnly FirstDayBeginningFrom(DateTime utc)
    {
        var day = LastDayBegunBy(utc);
        return StartOf(day) < utc && day < DateOnly.MaxValue ? day.AddDays(1) : day;
    }

    /// <summary>Where the zone's offset from UTC changes between two moments, latest first, and the offset before all of them.</summary>
    public (IReadOnlyList<OffsetChange> Changes, TimeSpan Before) Offsets(DateTime from, DateTime to)
    {
        var changes = new List<OffsetChange>();
        var first = _zone.GetUtcOffset(from);
        var offset = first;
        for (var at = from; at < to; at = at.AddDays(1))
        {
            var next = _zone.GetUtcOffset(at.AddDays(1));
            if (next != offset)
            {
                changes.Add(new OffsetChange(ChangeBetween(at, at.AddDays(1)), offset, next));
                offset = next;
            }
        }

        changes.Reverse();
        return (changes, first);
    }

    private DateTime ChangeBetween(DateTime low, DateTime high)
    {
        var before = _zone.GetUtcOffset(low);
        while ((high - low).Ticks > 1)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = _zone.GetUtcOffset(middle) == before ? (middle, high) : (low, middle);
        }

        return high;
    }

    private DateTime WallClock(DateTime utc) => DateTime.SpecifyKind(Shift(utc, _zone.GetUtcOffset(utc)), DateTimeKind.Unspecified);

    private DateTime ToUtc(DateTime wall)
    {
        // The offsets a day before and after enclose every change of offset that could matter.
        var asUtc = DateTime.SpecifyKind(wall, DateTimeKind.Utc);
        var before = _zone.GetUtcOffset(Shift(asUtc, -TimeSpan.FromDays(1)));
        var after = _zone.GetUtcOffset(Shift(asUtc, TimeSpan.FromDays(1)));
        var (early, late) = (Shift(asUtc, -before), Shift(asUtc, -after));
        var earlyIsReal = _zone.GetUtcOffset(early) == before;
        var lateIsReal = _zone.GetUtcOffset(late) == after;
        return earlyIsReal && lateIsReal ? (early < late ? early : late)
            : lateIsReal ? late
            : early;
    }

    private static DateTime Shift(DateTime utc, TimeSpan by) => new(
        Math.Clamp(utc.Ticks + by.Ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), DateTimeKind.Utc);
}

/// <summary>A change of a zone's offset from UTC.</summary>
/// <param name="At">The first moment with the new offset, UTC.</param>
/// <param name="Before">The offset until then.</param>
/// <param name="After">The offset from then on.</param>
internal sealed record OffsetChange(DateTime At, TimeSpan Before, TimeSpan After);
