namespace Muster.Cohorts.Compilation;

/// <summary>DuckDB's way.</summary>
internal sealed class DuckDbDialect : SqlDialect
{
    // Days fit into the bits of a BIGINT, which cannot be shifted into its sign.
    private const int MostDaysInBits = 62;

    public DuckDbDialect(ProjectCalendar calendar) => Values = new DuckDbValues(Parameters, calendar);

    public override SqlParameters Parameters { get; } = new DuckDbParameters();

    public override ValuePrinter Values { get; }

    public override string SemiJoin => "SEMI JOIN";

    public override string AntiJoin => "ANTI JOIN";

    public override string Union => "UNION";

    public override string ComputedOnce => "AS MATERIALIZED";

    public override string AsOfJoin => "ASOF JOIN";

    public override string Seconds(long seconds) => FormattableString.Invariant($"to_seconds({seconds})");

    public override string Months(string months) => $"to_months({months})";

    public override string Day(string time) => $"CAST({time} AS DATE)";

    // A bit for each day: a set of days for each person costs twice as much as all the rest of the query.
    public override string DistinctDays(string time, (DateOnly First, DateOnly Last)? span, string filter) =>
        span is { } days && days.Last.DayNumber - days.First.DayNumber < MostDaysInBits
            ? $"coalesce(bit_count(bit_or(CAST(1 AS BIGINT) << ({Day(time)} - {Parameters.Add(days.First)})){filter}), 0)"
            : $"count(DISTINCT {Day(time)}){filter}";

    public override string MicrosecondsBetween(string from, string to) => $"epoch_us({to}) - epoch_us({from})";

    // Kahan's sum.
    public override string Sum(string number, string filter) =>
        $"CASE WHEN isfinite(fsum({number}){filter}) THEN fsum({number}){filter} ELSE sum({number}){filter} END";

    public override string Average(string number, string filter) =>
        $"CASE WHEN isfinite(favg({number}){filter}) THEN favg({number}){filter} ELSE avg({number}){filter} END";

    // DuckDB would take NaN for the greatest number.
    public override string IsNaN(string number) => $"isnan({number})";
}
