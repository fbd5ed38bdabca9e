using Muster.Cohorts.Definition;
using Muster.Cohorts.Promotion;

namespace Muster.Cohorts.Compilation;

/// <summary>Prints conditions on events: each as one scan of the events of its name and window, or those that share such a range together as one.</summary>
internal sealed class BehaviorPrinter
{
    // Nothing is stored from before; ingestion refuses it.
    private static readonly DateTime FirstEvent = new(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    // Longer than anything that is stored: no limit at all.
    private const int LongestInMonths = 12 * 200;

    private readonly SqlDialect _dialect;
    private readonly ValuePrinter _values;
    private readonly SqlParameters _parameters;
    private readonly ProjectCalendar _calendar;
    private readonly string _projectId;
    private readonly Func<string, PromotedProperty?> _promoted;
    private readonly Dictionary<EventRange, SharedRange> _shared;

    /// <param name="dialect">The engine's way.</param>
    /// <param name="calendar">The moment and the project's days.</param>
    /// <param name="projectId">The project, as SQL.</param>
    /// <param name="promoted">The columns of promoted properties of events.</param>
    /// <param name="behaviors">All conditions on events of the query: what several of them read is read once.</param>
    public BehaviorPrinter(
        SqlDialect dialect, ProjectCalendar calendar, string projectId, Func<string, PromotedProperty?> promoted, IEnumerable<Condition.Behavior> behaviors)
    {
        _dialect = dialect;
        _values = dialect.Values;
        _parameters = dialect.Parameters;
        _calendar = calendar;
        _projectId = projectId;
        _promoted = promoted;
        _shared = behaviors.Where(MayShare).GroupBy(Range).Where(g => g.Skip(1).Any()).Select(g => g.Key)
            .Select((range, i) => new SharedRange(range, i, Columns())).ToDictionary(s => s.Range);
    }

    /// <summary>The ranges that several of the printed conditions read, as common tables.</summary>
    public IEnumerable<string> Shared() => _shared.Values.Select(s => $"""
        {s.Name} {_dialect.ComputedOnce} (
          SELECT user_id{Sql.Indented(s.Select).TrimStart(' ')}
          FROM (
        {Sql.Indented(Sql.Indented(Rows(s.Range, time: true, s.Values)))}
          ) e
          GROUP BY user_id
        )
        """);

    /// <summary>Those whose events satisfy the measure; or, when no event at all does, those whose events do not.</summary>
    public MemberSet Print(Condition.Behavior behavior)
    {
        var range = Range(behavior);
        if (MayShare(behavior) && _shared.TryGetValue(range, out var shared))
        {
            return Shared(behavior, shared);
        }

        var (filter, interval) = (behavior.Event, range.Interval);
        switch (behavior.Measure)
        {
            case Measure.Count(Comparison.Bound(Relation.AtLeast, > 0 and <= 1)):
                return new MemberSet($"SELECT user_id\nFROM {Events(filter, interval)}", false, Repeats: true);
            case Measure.FirstTime:
                var having = FirstIn(behavior, "min(time)") is { Length: > 0 } first ? $"\nHAVING {first}" : "";
                return new MemberSet($"SELECT user_id\nFROM {Events(filter, interval, time: true)}\nGROUP BY user_id{having}", false);
            case Measure.Figure(_, var property, var comparison) figure:
                return new MemberSet($"""
                    SELECT user_id
                    FROM (
                      SELECT user_id, {Aggregate(figure, interval, "value", "")} AS figure
                      FROM {Sql.Indented(Events(filter, interval, property: property)).TrimStart()}
                      GROUP BY user_id
                    ) f
                    WHERE {Satisfies("figure", comparison)}
                    """, false);
            default:
                // People without such an event are in no group. When zero satisfies, they are members: then the groups to leave out are printed.
                var (of, compares) = Counted(behavior.Measure);
                var events = Events(filter, interval, time: behavior.Measure is Measure.DistinctDays, property: of);
                var condition = _values.Compare(Aggregate(behavior.Measure, interval, "value", ""), compares);
                var zero = compares.Accepts(0);
                return new MemberSet($"""
                    SELECT user_id
                    FROM {events}
                    GROUP BY user_id
                    HAVING {(zero ? $"NOT ({condition})" : condition)}
                    """, Complement: zero);
        }
    }

    /// <summary>A condition as a test of its column of a range that others read as well.</summary>
    private MemberSet Shared(Condition.Behavior behavior, SharedRange shared)
    {
        var tests = behavior.Event.Where.Select(t => _values.Print(t.Test, shared.Values.Of(t.Property))).ToList();
        var filter = tests.Count == 0 ? "" : $" FILTER (WHERE {string.Join(" AND ", tests)})";
        var value = behavior.Measure switch
        {
            Measure.Figure(_, var property, _) => shared.Values.Of(property),
            Measure.Distinct(var property, _) => shared.Values.Of(property),
            _ => "",
        };
        var column = shared.Add(Aggregate(behavior.Measure, shared.Range.Interval, value, filter));
        switch (behavior.Measure)
        {
            case Measure.FirstTime:
                return Set(FirstIn(behavior, column) is { Length: > 0 } first ? first : $"{column} IS NOT NULL", false);
            case Measure.Figure(_, _, var comparison):
                return Set(Satisfies(column, comparison), false);
            default:
                var compares = Counted(behavior.Measure).Comparison;
                var zero = compares.Accepts(0);
                var condition = _values.Compare(column, compares);
                return Set(zero ? $"NOT ({condition})" : condition, zero);
        }

        MemberSet Set(string where, bool complement) => new($"SELECT user_id\nFROM {shared.Name}\nWHERE {where}", complement);
    }

    private string Aggregate(Measure measure, Interval interval, string value, string filter) => measure switch
    {
        Measure.Count => $"count(*){filter}",
        Measure.DistinctDays => DistinctDays(interval, filter),
        Measure.Distinct => $"count(DISTINCT {_values.Identity(value)}){filter}",
        Measure.FirstTime => $"min(time){filter}",
        Measure.Figure(FigureKind.Sum, _, _) => _dialect.Sum($"({_values.Number(value)})", filter),
        Measure.Figure(FigureKind.Average, _, _) => _dialect.Average($"({_values.Number(value)})", filter),
        Measure.Figure(FigureKind.Least, _, _) => $"min(({_values.Number(value)})){filter}",
        _ => $"max(({_values.Number(value)})){filter}",
    };

    private static (string? Property, Comparison Comparison) Counted(Measure measure) => measure switch
    {
        Measure.Count(var comparison) => (null, comparison),
        Measure.DistinctDays(var comparison) => (null, comparison),
        Measure.Distinct(var property, var comparison) => (property, comparison),
        _ => throw new ArgumentOutOfRangeException(nameof(measure), measure, "not a measure that can be zero"),
    };

    // NaN, of infinities that cancel out, compares with nothing.
    private string Satisfies(string figure, Comparison comparison) => $"NOT {_dialect.IsNaN(figure)} AND {_values.Compare(figure, comparison)}";

    private string FirstIn(Condition.Behavior behavior, string first) =>
        Interval(behavior.Window).From is { } from ? $"{first} >= {_parameters.Add(from)}" : "";

    // What an aggregate counts may not be asked of another query.
    private static bool MayShare(Condition.Behavior behavior) => !behavior.Event.Where.Any(t => ValuePrinter.HasSets(t.Test));

    // What makes the first time a first time may have been before the window.
    private EventRange Range(Condition.Behavior behavior) => new(
        behavior.Event.Name, behavior.Measure is Measure.FirstTime ? Interval(behavior.Window) with { From = null } : Interval(behavior.Window));

    /// <summary>Those who took the steps.</summary>
    /// <remarks>
    /// Of each event that completes the steps so far it is enough to know the latest first step that leads to it: the
    /// later the start, the shorter the whole. The latest earlier event of the step before always has it, so that each
    /// step is one ASOF join.
    /// </remarks>
    public MemberSet Print(Condition.Sequence sequence)
    {
        var interval = Interval(sequence.Window);
        var chain = $"""
            SELECT user_id, time, time AS started
            FROM {Events(sequence.Steps[0], interval, time: true)}
            """;
        foreach (var step in sequence.Steps.Skip(1))
        {
            chain = $"""
                SELECT n.user_id AS user_id, n.time AS time, c.started AS started
                FROM {Events(step, interval, time: true, alias: "n")}
                {_dialect.AsOfJoin} (
                {Sql.Indented(chain)}
                ) c ON c.user_id = n.user_id AND n.time > c.time
                """;
        }

        return new MemberSet(sequence.Within switch
        {
            { Unit: SpanUnit.Month, N: < LongestInMonths } span => WithinMonths(chain, span.N, interval),
            { } span when ProjectCalendar.FixedLength(span) is { } length =>
                $"{Everyone(chain)}\nWHERE {_dialect.MicrosecondsBetween("started", "time")} <= {_parameters.Add(length.Ticks / TimeSpan.TicksPerMicrosecond)}",
            _ => Everyone(chain),
        }, false);

        static string Everyone(string chain) => $"SELECT DISTINCT user_id\nFROM (\n{Sql.Indented(chain)}\n) s";
    }

    /// <summary>The events of a filter as a derived table of canonical <c>user_id</c> and, when asked for, <c>time</c> and <c>value</c>.</summary>
    private string Events(EventFilter filter, Interval interval, bool time = false, string? property = null, string alias = "e")
    {
        var columns = Columns();
        var tests = filter.Where.Select(t => _values.Print(t.Test, columns.Of(t.Property))).ToList();
        var value = property is null ? "" : $", {columns.Of(property)} AS value";
        var rows = Rows(new EventRange(filter.Name, interval), time, columns);
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

    private string Rows(EventRange range, bool time, ValueColumns columns)
    {
        var conditions = new List<string> { $"e.project_id = {_projectId}", _dialect.OfSomebody("e.user_id") };
        if (range.EventName != EventFilter.AnyName)
        {
            conditions.Add($"e.event_id IN (SELECT event_id FROM event_name WHERE project_id = {_projectId} AND name = {_parameters.Add(range.EventName)})");
        }

        conditions.Add($"e.time <= {_parameters.Add(range.Interval.To)}");
        if (range.Interval.From is { } from)
        {
            conditions.Add($"e.time >= {_parameters.Add(from)}");
        }

        if (columns.Through > 0)
        {
            return Rows(conditions, time, columns);
        }

        return $"""
            SELECT coalesce(a.canonical_id, e.user_id) AS user_id{(time ? ", e.time AS time" : "")}{columns.Select}
            FROM event e LEFT JOIN alias a ON a.user_id = e.user_id
            WHERE {string.Join("\n  AND ", conditions)}
            """;
    }

    /// <summary>Events with promoted properties: from their columns where those are filled, from the JSON of the latest events where they are not yet.</summary>
    private string Rows(List<string> conditions, bool time, ValueColumns columns)
    {
        var through = _parameters.Add((long)columns.Through);
        return $"""
            SELECT coalesce(a.canonical_id, e.user_id) AS user_id{(time ? ", e.time AS time" : "")}{columns.Names}
            FROM (
            {Sql.Indented(Part(columns.SelectFilled, ">="))}
              UNION ALL
            {Sql.Indented(Part(columns.Select, "<"))}
            ) e LEFT JOIN alias a ON a.user_id = e.user_id
            """;

        string Part(string select, string filled) => $"""
            SELECT e.user_id{(time ? ", e.time" : "")}{select}
            FROM event e
            WHERE {string.Join("\n  AND ", conditions)}
              AND e.promoted_through {filled} {through}
            """;
    }

    private ValueColumns Columns() => new(_values, "e", _promoted);

    private Interval Interval(Window? window)
    {
        switch (window)
        {
            case Window.Last(var span):
                return new Interval(_calendar.Ago(span), _calendar.Now);
            case Window.Since(var day):
                return new Interval(_calendar.StartOf(day), _calendar.Now);
            case Window.Days(var from, var to):
                // The store keeps microseconds: the last one of a day is one before the next day's first.
                var end = _calendar.EndOf(to)?.AddMicroseconds(-1) ?? _calendar.Now;
                return new Interval(_calendar.StartOf(from), end < _calendar.Now ? end : _calendar.Now);
            default:
                return new Interval(null, _calendar.Now);
        }
    }

    private string DistinctDays(Interval interval, string filter)
    {
        var (changes, before) = Offsets(interval);
        // A day more at both ends: local days begin at another time than UTC's.
        (DateOnly, DateOnly)? span = interval.From is { } from && from.Year > 1
            ? (DateOnly.FromDateTime(from).AddDays(-1), DateOnly.FromDateTime(interval.To).AddDays(1))
            : null;
        var local = changes.Count == 0 && before == TimeSpan.Zero ? "time" : $"time + {Offset("time", changes, before, c => c.At)}";
        return _dialect.DistinctDays(local, span, filter);
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
              SELECT user_id, started, time + {there} - {_dialect.Months(_parameters.Add(months))} AS wall
              FROM (
            {Sql.Indented(Sql.Indented(chain))}
              ) s
            ) s
            WHERE started >= wall - {back}
            """;
    }

    private (IReadOnlyList<OffsetChange> Changes, TimeSpan Before) Offsets(Interval interval) =>
        // Two days earlier, so that a change just before the interval is known at its wall-clock times.
        _calendar.Offsets(interval.From is { } from && from > FirstEvent ? from.AddDays(-2) : FirstEvent, interval.To);

    /// <summary>The zone's offset from UTC at a time, as an interval. Latest changes first: most events are recent.</summary>
    private string Offset(string time, IReadOnlyList<OffsetChange> changes, TimeSpan before, Func<OffsetChange, DateTime> threshold)
    {
        string Seconds(TimeSpan offset) => _dialect.Seconds((long)offset.TotalSeconds);
        var cases = string.Concat(changes.Select(c => $" WHEN {time} >= {_parameters.Add(threshold(c))} THEN {Seconds(c.After)}"));
        return cases.Length == 0 ? Seconds(before) : $"CASE{cases} ELSE {Seconds(before)} END";
    }
}
