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

    // Up to so many values stand in the query one by one.
    private const int MaxSingleParameters = 100;

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
                var single = Single(test);
                // A lambda may not ask another query, which many values are compared by.
                var any = HasSets(test)
                    ? $"EXISTS (SELECT 1 FROM (SELECT unnest({elements}::VARCHAR[]) AS x) WHERE {single("x")})"
                    : $"len(list_filter({elements}::VARCHAR[], lambda x: {single("x")})) > 0";
                return $"coalesce(CASE WHEN starts_with({value}, '[') THEN {any} ELSE {single(value)} END, false)";
        }
    }

    /// <summary>The number that a value is or reads as; NULL for others.</summary>
    public static string Number(string value) =>
        $"CASE WHEN starts_with({value}, '\"') THEN CASE WHEN regexp_full_match({value}, {NumberText}) THEN TRY_CAST(trim({value}, '\"') AS DOUBLE) END ELSE TRY_CAST({value} AS DOUBLE) END";

    /// <summary>What tells a value apart from others: numbers as what they are or read as, everything else as it is written.</summary>
    public static string Identity(string value) => $"coalesce('#' || (({Number(value)}) + 0.0)::VARCHAR, {value})";

    /// <summary>A comparison of a number.</summary>
    public string Compare(string number, Comparison comparison) => Comparer(comparison)(number);

    private Func<string, string> Comparer(Comparison comparison)
    {
        switch (comparison)
        {
            case Comparison.Between(var lowest, var highest):
                var (low, high) = (parameters.Add(lowest), parameters.Add(highest));
                return number => $"{number} BETWEEN {low} AND {high}";
            case Comparison.Bound(var relation, var bound):
                var other = parameters.Add(bound);
                return number => $"{number} {Operator(relation)} {other}";
            default:
                throw new ArgumentOutOfRangeException(nameof(comparison), comparison, "not a comparison");
        }
    }

    /// <summary>A test of one value that is no list. It is printed for values and for elements, and its parameters added once.</summary>
    private Func<string, string> Single(Test test)
    {
        switch (test)
        {
            case Test.Is(var values):
                return Is(values);
            case Test.Contains(var part):
                var text = parameters.Add(part);
                return value => $"contains({Text(value)}, {text})";
            case Test.Compares(var comparison):
                var compare = Comparer(comparison);
                return value => compare($"({Number(value)})");
            case Test.IsTrue(var truth):
                return value => $"({value} = '{(truth ? "true" : "false")}')";
            case Test.Before(var day):
                var (before, start) = (parameters.Add(day), parameters.Add(calendar.StartOf(day)));
                return value => $"({Day(value)} < {before} OR {Moment(value)} < {start})";
            case Test.After(var day):
                if (calendar.EndOf(day) is not { } endOfDay)
                {
                    return _ => "false";
                }

                var (after, end) = (parameters.Add(day), parameters.Add(endOfDay));
                return value => $"({Day(value)} > {after} OR {Moment(value)} >= {end})";
            case Test.InTheLast(var span):
                return InTheLast(calendar.Ago(span));
            default:
                throw new ArgumentOutOfRangeException(nameof(test), test, "not a test of a single value");
        }
    }

    private static bool HasSets(Test test) => test is Test.Is { Values.Count: > MaxSingleParameters };

    private string Inside(IEnumerable<string> texts, bool asSet)
    {
        var listed = texts.ToList();
        return listed.Count == 0 ? ""
            : asSet && !listed.Exists(t => t.Contains('\0', StringComparison.Ordinal)) ? parameters.AddSet(listed)
            : $"({parameters.AddAll(listed)})";
    }

    private string Inside(IEnumerable<double> numbers, bool asSet)
    {
        var listed = numbers.ToList();
        return listed.Count == 0 ? "" : asSet ? parameters.AddSet(listed) : $"({parameters.AddAll(listed)})";
    }

    private Func<string, string> Is(IReadOnlyList<Literal> values)
    {
        var asSet = values.Count > MaxSingleParameters;
        var texts = values.OfType<Literal.Text>().Select(t => t.Value).Distinct(StringComparer.Ordinal).ToList();
        var either = new List<Func<string, string>>();

        var plain = Inside(texts.Where(t => !t.Any(NeedsEscape)).Select(t => $"\"{t}\""), asSet);
        if (plain.Length > 0)
        {
            either.Add(value => $"{value} IN {plain}");
        }

        var escaped = Inside(texts.Where(t => t.Any(NeedsEscape)), asSet);
        if (escaped.Length > 0)
        {
            either.Add(value => $"{Text(value)} IN {escaped}");
        }

        var numbers = Inside(values.OfType<Literal.Number>().Select(n => n.Value).Distinct(), asSet);
        if (numbers.Length > 0)
        {
            either.Add(value => $"({Number(value)}) IN {numbers}");
        }

        // A text in the definition that reads as a number equals that number; two texts are compared as texts alone.
        var numerals = Inside(texts.Select(JsonNumber.Read).OfType<double>().Distinct(), asSet);
        if (numerals.Length > 0)
        {
            either.Add(value => $"{Numeral(value)} IN {numerals}");
        }

        either.AddRange(values.OfType<Literal.Boolean>().Select(b => b.Value).Distinct()
            .Select(b => (Func<string, string>)(value => $"{value} = '{(b ? "true" : "false")}'")));
        return value => $"({string.Join(" OR ", either.Select(test => test(value)))})";
    }

    private Func<string, string> InTheLast(DateTime? from)
    {
        var (lastDay, now) = (parameters.Add(calendar.LastDayBegunBy(calendar.Now)), parameters.Add(calendar.Now));
        if (from is not { } start)
        {
            return value => $"({Day(value)} <= {lastDay} OR {Moment(value)} <= {now})";
        }

        var (firstDay, first) = (parameters.Add(calendar.FirstDayBeginningFrom(start)), parameters.Add(start));
        return value => $"({Day(value)} BETWEEN {firstDay} AND {lastDay} OR {Moment(value)} BETWEEN {first} AND {now})";
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
