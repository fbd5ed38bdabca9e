using Muster.Cohorts.Definition;

namespace Muster.Cohorts.Compilation;

/// <summary>Prints the tests of property values.</summary>
/// <remarks>
/// A value is the JSON text that DuckDB writes for it: NULL when the property is missing or null, and otherwise told
/// apart by its first character. DuckDB writes JSON without blanks and escapes only what it must, so that plain texts
/// can be compared in quotes, without reading them.
/// </remarks>
internal sealed class DuckDbValues(SqlParameters parameters, ProjectCalendar calendar)
{
    private const string NumberText = $"'\"{JsonNumber.Grammar}\"'";

    // A year of 0000 is no date; DuckDB would take it for one.
    private const string DayText = """'"([0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)-[0-9]{2}-[0-9]{2}"'""";

    private const string MomentText =
        """'"([0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])?"'""";

    /// <summary>The value of a property in an object of properties.</summary>
    public string Extract(string properties, string property)
    {
        var whole = Set($"json_extract({properties}, {parameters.Add(Pointer([property]))})");
        var segments = property.Split('.');
        if (segments.Length == 1)
        {
            return whole;
        }

        var inside = $"json_extract({properties}, {parameters.Add(Pointer(segments))})";
        // A pointer also counts through lists ("tags.0"), which a dotted name does not: its owner must be an object.
        var guards = Enumerable.Range(1, segments.Length - 1).Where(i => segments[i].Length > 0 && char.IsAsciiDigit(segments[i][0]))
            .Select(i => $"json_type({properties}, {parameters.Add(Pointer(segments[..i]))}) = 'OBJECT'").ToList();
        return $"coalesce({whole}, {Set(guards.Count == 0 ? inside : $"CASE WHEN {string.Join(" AND ", guards)} THEN {inside} END")})";
    }

    /// <summary>A test of a value: true or false, never NULL.</summary>
    public string Print(Test test, string value)
    {
        switch (test)
        {
            case Test.Not(var of):
                return $"NOT {Print(of, value)}";
            case Test.IsSet:
                return $"({value} IS NOT NULL)";
            default:
                // Of lists in lists the elements count as well, four levels down.
                var elements = $"""
                    flatten([json_extract({value}, '$[*]'), json_extract({value}, '$[*][*]'), json_extract({value}, '$[*][*][*]'), json_extract({value}, '$[*][*][*][*]')])
                    """;
                var any = $"len(list_filter({elements}::VARCHAR[], lambda x: {Single(test, "x")})) > 0";
                return $"coalesce(CASE WHEN starts_with({value}, '[') THEN {any} ELSE {Single(test, value)} END, false)";
        }
    }

    /// <summary>The number that a value is or reads as; NULL for others.</summary>
    public static string Number(string value) =>
        $"CASE WHEN starts_with({value}, '\"') THEN CASE WHEN regexp_full_match({value}, {NumberText}) THEN TRY_CAST(trim({value}, '\"') AS DOUBLE) END ELSE TRY_CAST({value} AS DOUBLE) END";

    /// <summary>What tells a value apart from others: numbers as what they are or read as, everything else as it is written.</summary>
    public static string Identity(string value) => $"coalesce('#' || (({Number(value)}) + 0.0)::VARCHAR, {value})";

    /// <summary>A comparison of a number.</summary>
    public string Compare(string number, Comparison comparison) => comparison switch
    {
        Comparison.Between(var low, var high) => $"{number} BETWEEN {parameters.Add(low)} AND {parameters.Add(high)}",
        Comparison.Bound(var relation, var bound) => $"{number} {Operator(relation)} {parameters.Add(bound)}",
        _ => throw new ArgumentOutOfRangeException(nameof(comparison), comparison, "not a comparison"),
    };

    private string Single(Test test, string value) => test switch
    {
        Test.Is(var values) => Is(values, value),
        Test.Contains(var part) => $"contains({Text(value)}, {parameters.Add(part)})",
        Test.Compares(var comparison) => Compare($"({Number(value)})", comparison),
        Test.IsTrue(var truth) => $"({value} = '{(truth ? "true" : "false")}')",
        Test.Before(var day) => $"({Day(value)} < {parameters.Add(day)} OR {Moment(value)} < {parameters.Add(calendar.StartOf(day))})",
        Test.After(var day) when calendar.EndOf(day) is { } end =>
            $"({Day(value)} > {parameters.Add(day)} OR {Moment(value)} >= {parameters.Add(end)})",
        Test.After => "false",
        Test.InTheLast(var span) => InTheLast(value, calendar.Ago(span)),
        _ => throw new ArgumentOutOfRangeException(nameof(test), test, "not a test of a single value"),
    };

    private string Is(IReadOnlyList<Literal> values, string value)
    {
        var texts = values.OfType<Literal.Text>().Select(t => t.Value).Distinct(StringComparer.Ordinal).ToList();
        var either = new List<string>();

        var plain = texts.Where(t => !t.Any(NeedsEscape)).ToList();
        if (plain.Count > 0)
        {
            either.Add($"{value} IN ({parameters.AddAll(plain.Select(t => $"\"{t}\""))})");
        }

        var escaped = texts.Where(t => t.Any(NeedsEscape)).ToList();
        if (escaped.Count > 0)
        {
            either.Add($"{Text(value)} IN ({parameters.AddAll(escaped)})");
        }

        var numbers = values.OfType<Literal.Number>().Select(n => n.Value).Distinct().ToList();
        if (numbers.Count > 0)
        {
            either.Add($"({Number(value)}) IN ({parameters.AddAll(numbers)})");
        }

        // A text in the definition that reads as a number equals that number; two texts are compared as texts alone.
        var numerals = texts.Select(JsonNumber.Read).OfType<double>().Distinct().ToList();
        if (numerals.Count > 0)
        {
            either.Add($"{Numeral(value)} IN ({parameters.AddAll(numerals)})");
        }

        either.AddRange(values.OfType<Literal.Boolean>().Select(b => b.Value).Distinct().Select(b => $"{value} = '{(b ? "true" : "false")}'"));
        return $"({string.Join(" OR ", either)})";
    }

    private string InTheLast(string value, DateTime? from)
    {
        var day = $"{Day(value)} <= {parameters.Add(calendar.LastDayBegunBy(calendar.Now))}";
        var moment = $"{Moment(value)} <= {parameters.Add(calendar.Now)}";
        if (from is { } start)
        {
            day += $" AND {Day(value)} >= {parameters.Add(calendar.FirstDayBeginningFrom(start))}";
            moment += $" AND {Moment(value)} >= {parameters.Add(start)}";
        }

        return $"(({day}) OR ({moment}))";
    }

    // A text without a backslash is what stands between its quotes; any other is read.
    private static string Text(string value) =>
        $"CASE WHEN starts_with({value}, '\"') THEN CASE WHEN contains({value}, '\\') THEN json_extract_string({value}, '$') ELSE trim({value}, '\"') END END";

    // Of what does not begin with a quote only numbers can be cast: as text, because DuckDB would take JSON's true for 1.
    private static string Numeral(string value) => $"CASE WHEN NOT starts_with({value}, '\"') THEN TRY_CAST({value} AS DOUBLE) END";

    private static string Day(string value) =>
        $"CASE WHEN regexp_full_match({value}, {DayText}) THEN TRY_CAST(trim({value}, '\"') AS DATE) END";

    // DuckDB wants seconds before a zone, and a zone where one is meant.
    private static string Moment(string value)
    {
        var seconds = $"regexp_replace(trim({value}, '\"'), '^(.{{16}})([Z+-].*)?$', '\\1:00\\2')";
        var zoned = $"CASE WHEN regexp_matches({value}, '(Z|[+-][0-9]{{2}}:?[0-9]{{2}})\"$') THEN {seconds} ELSE {seconds} || 'Z' END";
        return $"CASE WHEN regexp_full_match({value}, {MomentText}) THEN timezone('UTC', TRY_CAST({zoned} AS TIMESTAMPTZ)) END";
    }

    private static string Set(string json) => $"nullif({json}::VARCHAR, 'null')";

    private static bool NeedsEscape(char c) => c is '"' or '\\' or < ' ' or '\u007f';

    private static string Pointer(IEnumerable<string> segments) => string.Concat(segments.Select(s =>
        "/" + s.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)));

    private static string Operator(Relation relation) => relation switch
    {
        Relation.AtLeast => ">=",
        Relation.MoreThan => ">",
        Relation.AtMost => "<=",
        Relation.LessThan => "<",
        _ => "=",
    };
}
