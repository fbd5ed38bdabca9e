namespace Muster.Cohorts.Compilation;

/// <summary>ClickHouse's way, over the tables of docs/adr/0004-clickhouse-layout.md.</summary>
internal sealed class ClickHouseDialect : SqlDialect
{
    // The bits of a UInt64.
    private const int MostDaysInBits = 64;

    private static readonly int Epoch = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    public ClickHouseDialect(ProjectCalendar calendar) => Values = new ClickHouseValues(Parameters, calendar);

    public override SqlParameters Parameters { get; } = new ClickHouseParameters();

    public override ValuePrinter Values { get; }

    public override string SemiJoin => "LEFT SEMI JOIN";

    public override string AntiJoin => "LEFT ANTI JOIN";

    // A plain UNION is refused.
    public override string Union => "UNION DISTINCT";

    // Without MATERIALIZED a common table is computed again wherever it is read.
    public override string ComputedOnce => "AS MATERIALIZED";

    public override string Common => ComputedOnce;

    /// <summary>
    /// What is off by default: common tables that are computed once; NULL, not 0, for what a join or an aggregate did not
    /// find; of replaced rows the latest version alone.
    /// </summary>
    public override string Settings => "\nSETTINGS enable_materialized_cte = 1, join_use_nulls = 1, aggregate_functions_null_for_empty = 1, final = 1";

    public override string AsOfJoin => "ASOF JOIN";

    // What rows are sorted by is not nullable: 0 is nobody.
    public override string OfSomebody(string userId) => $"{userId} <> 0";

    public override string Seconds(long seconds) => FormattableString.Invariant($"toIntervalSecond({seconds})");

    public override string Months(string months) => $"toIntervalMonth({months})";

    public override string Day(string time) => $"toDate32({time})";

    // A bit for each day, as in DuckDB. Days are numbers here: the engine does not subtract dates.
    public override string DistinctDays(string time, (DateOnly First, DateOnly Last)? span, string filter) =>
        span is { } days && days.Last.DayNumber - days.First.DayNumber < MostDaysInBits
            ? $"coalesce(bitCount(groupBitOr(bitShiftLeft(toUInt64(1), toInt32({Day(time)}) - {Parameters.Add((long)(days.First.DayNumber - Epoch))})){filter}), 0)"
            : $"count(DISTINCT {Day(time)}){filter}";

    public override string MicrosecondsBetween(string from, string to) => $"toUnixTimestamp64Micro({to}) - toUnixTimestamp64Micro({from})";

    public override string Sum(string number, string filter) =>
        $"CASE WHEN isFinite(sumKahan({number}){filter}) THEN sumKahan({number}){filter} ELSE sum({number}){filter} END";

    public override string Average(string number, string filter) =>
        $"CASE WHEN isFinite(sumKahan({number}){filter}) THEN sumKahan({number}){filter} / count({number}){filter} ELSE avg({number}){filter} END";

    public override string IsNaN(string number) => $"isNaN({number})";
}
