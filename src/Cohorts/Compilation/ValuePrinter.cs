using Muster.Cohorts.Definition;

namespace Muster.Cohorts.Compilation;

/// <summary>Prints the tests of property values.</summary>
/// <remarks>
/// A value is a JSON text as the engine writes it, without blanks: NULL when the property is missing or null, and
/// otherwise told apart by its first character.
/// </remarks>
internal abstract class ValuePrinter(SqlParameters parameters, ProjectCalendar calendar)
{
    // Up to so many values stand in the query one by one.
    private const int MaxSingleParameters = 100;

    // A year of 0000 is no date; engines would take it for one.
    protected const string Year = "([0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)";

    protected SqlParameters Parameters => parameters;

    /// <summary>The value of a property in an object of properties.</summary>
    public abstract string Extract(string properties, string property);

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
                var single = Single(test);
                return $"coalesce(CASE WHEN {IsList(value)} THEN {AnyElement(value, single, HasSets(test))} ELSE {single(value)} END, false)";
        }
    }

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
                return value => Contains(Text(value), text);
            case Test.Compares(var comparison):
                var compare = Comparer(comparison);
                return value => compare($"({Number(value)})");
            case Test.IsTrue(var truth):
                return value => $"({value} = '{(truth ? "true" : "false")}')";
            case Test.Before(var day):
                var (before, start) = (AddDay(day), AddMoment(calendar.StartOf(day)));
                return value => $"({Day(value)} < {before} OR {Moment(value)} < {start})";
            case Test.After(var day):
                if (calendar.EndOf(day) is not { } endOfDay)
                {
                    return _ => "false";
                }

                var (after, end) = (AddDay(day), AddMoment(endOfDay));
                return value => $"({Day(value)} > {after} OR {Moment(value)} >= {end})";
            case Test.InTheLast(var span):
                return InTheLast(calendar.Ago(span));
            default:
                throw new ArgumentOutOfRangeException(nameof(test), test, "not a test of a single value");
        }
    }

    /// <summary>Whether a test compares with so many values that they are asked as a query of their own.</summary>
    public static bool HasSets(Test test) => test switch
    {
        Test.Not(var of) => HasSets(of),
        Test.Is(var values) => values.Count > MaxSingleParameters,
        _ => false,
    };

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
        var (lastDay, now) = (AddDay(calendar.LastDayBegunBy(calendar.Now)), AddMoment(calendar.Now));
        if (from is not { } start)
        {
            return value => $"({Day(value)} <= {lastDay} OR {Moment(value)} <= {now})";
        }

        var (firstDay, first) = (AddDay(calendar.FirstDayBeginningFrom(start)), AddMoment(start));
        return value => $"({Day(value)} BETWEEN {firstDay} AND {lastDay} OR {Moment(value)} BETWEEN {first} AND {now})";
    }

    /// <summary>The number that a value is or reads as; NULL for others.</summary>
    public abstract string Number(string value);

    /// <summary>What tells a value apart from others: numbers as what they are or read as, everything else as it is written.</summary>
    public abstract string Identity(string value);

    /// <summary>Whether a value is a list.</summary>
    protected abstract string IsList(string value);

    /// <summary>Whether an element of a list satisfies a test; of lists in lists the elements count as well, four levels down.</summary>
    protected abstract string AnyElement(string list, Func<string, string> test, bool hasSets);

    /// <summary>Whether a text has another in it.</summary>
    protected abstract string Contains(string text, string part);

    /// <summary>The text that a value is; NULL for others.</summary>
    protected abstract string Text(string value);

    /// <summary>The number that a value is; NULL for others, texts that read as one too.</summary>
    protected abstract string Numeral(string value);

    /// <summary>The day that a text with a date alone means; NULL for others.</summary>
    protected abstract string Day(string value);

    /// <summary>The UTC moment that a text with date and time means; NULL for others.</summary>
    protected abstract string Moment(string value);

    /// <summary>Adds what a <see cref="Day"/> is compared with.</summary>
    protected virtual string AddDay(DateOnly day) => parameters.Add(day);

    /// <summary>Adds what a <see cref="Moment"/> is compared with.</summary>
    protected virtual string AddMoment(DateTime utc) => parameters.Add(utc);

    /// <summary>Whether the engine may write a text with this character in it otherwise than between quotes as it is.</summary>
    protected virtual bool NeedsEscape(char c) => c is '"' or '\\' or < ' ' or '\u007f';

    private static string Operator(Relation relation) => relation switch
    {
        Relation.AtLeast => ">=",
        Relation.MoreThan => ">",
        Relation.AtMost => "<=",
        Relation.LessThan => "<",
        _ => "=",
    };
}
