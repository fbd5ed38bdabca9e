using Muster.Cohorts.Definition;

namespace Muster.Cohorts.Compilation;

/// <summary>Values in DuckDB.</summary>
/// <remarks>
/// DuckDB writes JSON without blanks and escapes only what it must, so that plain texts
/// can be compared in quotes, without reading them.
/// </remarks>
internal sealed class DuckDbValues(SqlParameters parameters, ProjectCalendar calendar) : ValuePrinter(parameters, calendar)
{
    private const string NumberText = $"'\"{JsonNumber.Grammar}\"'";

    private const string DayText = $$"""'"{{Year}}-[0-9]{2}-[0-9]{2}"'""";

    private const string MomentText =
        $$"""'"{{Year}}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])?"'""";

    public override string Extract(string properties, string property)
    {
        var whole = Set($"json_extract({properties}, {Parameters.Add(JsonPointer.Of([property]))})");
        var segments = property.Split('.');
        if (segments.Length == 1)
        {
            return whole;
        }

        var inside = $"json_extract({properties}, {Parameters.Add(JsonPointer.Of(segments))})";
        // A pointer also counts through lists ("tags.0"), which a dotted name does not: its owner must be an object.
        var guards = Enumerable.Range(1, segments.Length - 1).Where(i => segments[i].Length > 0 && char.IsAsciiDigit(segments[i][0]))
            .Select(i => $"json_type({properties}, {Parameters.Add(JsonPointer.Of(segments[..i]))}) = 'OBJECT'").ToList();
        return $"coalesce({whole}, {Set(guards.Count == 0 ? inside : $"CASE WHEN {string.Join(" AND ", guards)} THEN {inside} END")})";
    }

    public override string Number(string value) =>
        $"CASE WHEN starts_with({value}, '\"') THEN CASE WHEN regexp_full_match({value}, {NumberText}) THEN TRY_CAST(trim({value}, '\"') AS DOUBLE) END ELSE TRY_CAST({value} AS DOUBLE) END";

    public override string Identity(string value) => $"coalesce('#' || (({Number(value)}) + 0.0)::VARCHAR, {value})";

    protected override string IsList(string value) => $"starts_with({value}, '[')";

    protected override string AnyElement(string list, Func<string, string> test, bool hasSets)
    {
        var elements = $"""
            flatten([json_extract({list}, '$[*]'), json_extract({list}, '$[*][*]'), json_extract({list}, '$[*][*][*]'), json_extract({list}, '$[*][*][*][*]')])
            """;
        // A lambda may not ask another query, which many values are compared by.
        return hasSets
            ? $"EXISTS (SELECT 1 FROM (SELECT unnest({elements}::VARCHAR[]) AS x) WHERE {test("x")})"
            : $"len(list_filter({elements}::VARCHAR[], lambda x: {test("x")})) > 0";
    }

    protected override string Contains(string text, string part) => $"contains({text}, {part})";

    // A text without a backslash is what stands between its quotes; any other is read.
    protected override string Text(string value) =>
        $"CASE WHEN starts_with({value}, '\"') THEN CASE WHEN contains({value}, '\\') THEN json_extract_string({value}, '$') ELSE trim({value}, '\"') END END";

    // Of what does not begin with a quote only numbers can be cast: as text, because DuckDB would take JSON's true for 1.
    protected override string Numeral(string value) => $"CASE WHEN NOT starts_with({value}, '\"') THEN TRY_CAST({value} AS DOUBLE) END";

    protected override string Day(string value) =>
        $"CASE WHEN regexp_full_match({value}, {DayText}) THEN TRY_CAST(trim({value}, '\"') AS DATE) END";

    // DuckDB wants seconds before a zone, and a zone where one is meant.
    protected override string Moment(string value)
    {
        var seconds = $"regexp_replace(trim({value}, '\"'), '^(.{{16}})([Z+-].*)?$', '\\1:00\\2')";
        var zoned = $"CASE WHEN regexp_matches({value}, '(Z|[+-][0-9]{{2}}:?[0-9]{{2}})\"$') THEN {seconds} ELSE {seconds} || 'Z' END";
        return $"CASE WHEN regexp_full_match({value}, {MomentText}) THEN timezone('UTC', TRY_CAST({zoned} AS TIMESTAMPTZ)) END";
    }

    private static string Set(string json) => $"nullif({json}::VARCHAR, 'null')";
}
