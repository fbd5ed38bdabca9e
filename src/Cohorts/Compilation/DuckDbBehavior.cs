using System.Globalization;
using Muster.Cohorts.Definition;

namespace Muster.Cohorts.Compilation;

/// <summary>Prints conditions on events: each as one scan of the events of its name and window.</summary>
internal sealed class DuckDbBehavior(SqlParameters parameters, DuckDbValues values, ProjectCalendar calendar)
{
    // Nothing is stored from before; ingestion refuses it.
    private static readonly DateTime FirstEvent = new(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    // Longer than anything that is stored: no limit at all.
    private const int LongestInMonths = 12 * 200;

    /// <summary>Those whose events satisfy the measure; or, when no event at all does, those whose events do not.</summary>
    public MemberSet Print(Condition.Behavior behavior, string projectId)
    {
        var interval = Interval(behavior.Window);
        switch (behavior.Measure)
        {
            case Measure.Count(Comparison.Bound(Relation.AtLeast, > 0 and <= 1)):
                return new MemberSet($"SELECT DISTINCT user_id\nFROM {Events(behavior.Event, interval, projectId)}", false);
            case Measure.Count(var comparison):
                return Grouped(Events(behavior.Event, interval, projectId), "count(*)", comparison);
            case Measure.DistinctDays(var comparison):
                return Grouped(Events(behavior.Event, interval, projectId, time: true), $"count(DISTINCT {LocalDay(interval)})", comparison);
            case Measure.Distinct(var property, var comparison):
                return Grouped(
                    Events(behavior.Event, interval, projectId, property: property), $"count(DISTINCT {DuckDbValues.Identity("value")})", comparison);
            case Measure.Figure(var kind, var property, var comparison):
                return Figure(Events(behavior.Event, interval, projectId, property: property), kind, comparison);
            default:
                return FirstTime(behavior.Event, interval, projectId);
        }
    }

    /// <summary>Those who took the steps.</summary>
    /// <remarks>
    /// Of each event that completes the steps so far it is enough to know the latest first step that leads to it: the
    /// later the start, the shorter the whole. The latest earlier event of the step before always has it, so that each
    /// step is one ASOF join.
    /// </remarks>
    public MemberSet Print(Condition.Sequence sequence, string projectId)
    {
        var interval = Interval(sequence.Window);
        var chain = $"""
            SELECT user_id, time, time AS started
            FROM {Events(sequence.Steps[0], interval, projectId, time: true)}
            """;
        foreach (var step in sequence.Steps.Skip(1))
        {
            chain = $"""
                SELECT n.user_id, n.time, c.started
                FROM {Events(step, interval, projectId, time: true, alias: "n")}
                ASOF JOIN (
                {Sql.Indented(chain)}
                ) c ON c.user_id = n.user_id AND n.time > c.time
                """;
        }

        return new MemberSet(sequence.Within switch
        {
            { Unit: SpanUnit.Month, N: < LongestInMonths } span => WithinMonths(chain, span.N, interval),
            { } span when ProjectCalendar.FixedLength(span) is { } length =>
                $"{Everyone(chain)}\nWHERE epoch_us(time) - epoch_us(started) <= {parameters.Add(length.Ticks / TimeSpan.TicksPerMicrosecond)}",
            _ => Everyone(chain),
        }, false);

        static string Everyone(string chain) => $"SELECT DISTINCT user_id\nFROM (\n{Sql.Indented(chain)}\n) s";
    }

    private MemberSet Grouped(string events, string figure, Comparison comparison)
    {
        // People without such an event are in no group. When zero satisfies, they are members: then the groups to leave out are printed.
        var zero = comparison.Accepts(0);
        var having = values.Compare(figure, comparison);
        return new MemberSet($"""
            SELECT user_id
            FROM {events}
            GROUP BY user_id
            HAVING {(zero ? $"NOT ({having})" : having)}
            """, Complement: zero);
    }

    private MemberSet Figure(string events, FigureKind kind, Comparison comparison)
    {
        var number = $"({DuckDbValues.Number("value")})";
        var figure = kind switch
        {
            // Kahan's sum does not depend on the order of the rows, which differs from run to run; beyond its range it is none.
            FigureKind.Sum => $"CASE WHEN isfinite(fsum({number})) THEN fsum({number}) ELSE sum({number}) END",
            FigureKind.Average => $"CASE WHEN isfinite(favg({number})) THEN favg({number}) ELSE avg({number}) END",
            FigureKind.Least => $"min({number})",
            _ => $"max({number})",
        };
        // NaN, of infinities that cancel out, compares with nothing; DuckDB would take it for the greatest number.
        return new MemberSet($"""
            SELECT user_id
            FROM (
              SELECT user_id, {figure} AS figure
              FROM {Sql.Indented(events).TrimStart()}
              GROUP BY user_id
            ) f
            WHERE NOT isnan(figure) AND {values.Compare("figure", comparison)}
            """, false);
    }

    private MemberSet FirstTime(EventFilter filter, Interval interval, string projectId)
    {
        var events = Events(filter, interval with { From = null }, projectId, time: true);
        var having = interval.From is { } from ? $"\nHAVING min(time) >= {parameters.Add(from)}" : "";
        return new MemberSet($"SELECT user_id\nFROM {events}\nGROUP BY user_id{having}", false);
    }

    /// <summary>The events of a filter as a derived table of canonical <c>user_id</c> and, when asked for, <c>time</c> and <c>value</c>.</summary>
    private string Events(EventFilter filter, Interval interval, string projectId, bool time = false, string? property = null, string alias = "e")
    {
        var columns = new ValueColumns(values, "e.properties");
        var tests = filter.Where.Select(t => values.Print(t.Test, columns.Of(t.Property))).ToList();
        var value = property is null ? "" : $", {columns.Of(property)} AS value";

        var conditions = new List<string> { $"e.project_id = {projectId}", "e.user_id IS NOT NULL" };
        if (!filter.IsAny)
        {
            conditions.Add($"e.event_id IN (SELECT event_id FROM event_name WHERE project_id = {projectId} AND name = {parameters.Add(filter.Name)})");
        }

        conditions.Add($"e.time <= {parameters.Add(interval.To)}");
        if (interval.From is { } from)
        {
            conditions.Add($"e.time >= {parameters.Add(from)}");
        }

        var rows = $"""
            SELECT coalesce(a.canonical_id, e.user_id) AS user_id{(time ? ", e.time" : "")}{columns.Select}
            FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
            WHERE {string.Join("\n  AND ", conditions)}
            """;
        if (!columns.IsEmpty)
        {
            rows = $"""
                SELECT user_id{(time ? ", time" : "")}{value}
                FROM (
                {Sql.Indented(rows)}
                ) r{(tests.Count > 0 ? $"\nWHERE {string.Join("\n  AND ", tests)}" : "")}
                """;
        }

        return $"(\n{Sql.Indented(rows)}\n) {alias}";
    }

    private Interval Interval(Window? window)
    {
        switch (window)
        {
            case Window.Last(var span):
                return new Interval(calendar.Ago(span), calendar.Now);
            case Window.Since(var day):
                return new Interval(calendar.StartOf(day), calendar.Now);
            case Window.Days(var from, var to):
                // The store keeps microseconds: the last one of a day is one before the next day's first.
                var end = calendar.EndOf(to)?.AddMicroseconds(-1) ?? calendar.Now;
                return new Interval(calendar.StartOf(from), end < calendar.Now ? end : calendar.Now);
            default:
                return new Interval(null, calendar.Now);
        }
    }

    private string LocalDay(Interval interval)
    {
        var (changes, before) = Offsets(interval);
        return $"CAST(time + {Offset("time", changes, before, c => c.At)} AS DATE)";
    }

    /// <summary>Those whose last step is no later than the same wall-clock time so many months after the first.</summary>
    private string WithinMonths(string chain, int months, Interval interval)
    {
        var (changes, before) = Offsets(interval);
        var there = Offset("time", changes, before, c => c.At);
        // Back to UTC: a wall-clock time that comes twice is the first one, one that is skipped is moved on by what was skipped.
        var back = Offset("wall", changes, before, c => c.At + (c.Before > c.After ? c.Before : c.After));
        return $"""
            SELECT DISTINCT user_id
            FROM (
              SELECT user_id, started, time + {there} - to_months({parameters.Add(months)}) AS wall
              FROM (
            {Sql.Indented(Sql.Indented(chain))}
              ) s
            ) s
            WHERE started >= wall - {back}
            """;
    }

    private (IReadOnlyList<OffsetChange> Changes, TimeSpan Before) Offsets(Interval interval) =>
        // Two days earlier, so that a change just before the interval is known at its wall-clock times.
        calendar.Offsets(interval.From is { } from && from > FirstEvent ? from.AddDays(-2) : FirstEvent, interval.To);

    /// <summary>The zone's offset from UTC at a time, as an interval. Latest changes first: most events are recent.</summary>
    private string Offset(string time, IReadOnlyList<OffsetChange> changes, TimeSpan before, Func<OffsetChange, DateTime> threshold)
    {
        string Seconds(TimeSpan offset) => $"to_seconds({((long)offset.TotalSeconds).ToString(CultureInfo.InvariantCulture)})";
        var cases = string.Concat(changes.Select(c => $" WHEN {time} >= {parameters.Add(threshold(c))} THEN {Seconds(c.After)}"));
        return cases.Length == 0 ? Seconds(before) : $"CASE{cases} ELSE {Seconds(before)} END";
    }
}

/// <summary>From when to when events count, both included; no start: ever.</summary>
internal sealed record Interval(DateTime? From, DateTime To);
