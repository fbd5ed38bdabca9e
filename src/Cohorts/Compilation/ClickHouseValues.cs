using System.Globalization;
using Muster.Cohorts.Definition;

namespace Muster.Cohorts.Compilation;

/// <summary>Values in ClickHouse.</summary>
/// <remarks>
/// Properties are a map from JSON pointer to JSON text, with what is inside of objects under pointers of its own: the
/// engine's reader of JSON is asked for lists and for texts with escapes alone. It refuses a whole document that has an
/// integer of more than 64 bits anywhere in it.
/// </remarks>
internal sealed class ClickHouseValues(SqlParameters parameters, ProjectCalendar calendar) : ValuePrinter(parameters, calendar)
{
    private const string Leap = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)";

    // Only days that are in the calendar: the engine's own functions take 30 February for 2 March.
    private const string Date =
        $"({Year}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|{Leap}-02-29)";

    private const string Time = "[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])?";

    // In a literal a backslash stands for the next character.
    private static readonly string NumberText = $"'^\"{JsonNumber.Grammar.Replace("\\.", "[.]", StringComparison.Ordinal)}\"$'";

    public override string Extract(string properties, string property)
    {
        var segments = property.Split('.');
        var whole = Set(properties, [property]);
        return segments.Length == 1 ? whole : $"coalesce({whole}, {Set(properties, segments)})";
    }

    // Added to 0, because IN tells -0 and 0 apart.
    public override string Number(string value) =>
        $"CASE WHEN startsWith({value}, '\"') THEN CASE WHEN match({value}, {NumberText}) THEN toFloat64OrNull({Unquoted(value)}) END ELSE toFloat64OrNull({value}) END + 0";

    public override string Identity(string value) => $"coalesce('#' || toString({Number(value)}), {value})";

    protected override string IsList(string value) => $"startsWith({value}, '[')";

    // Of what is no list there are no elements.
    protected override string AnyElement(string list, Func<string, string> test, bool hasSets)
    {
        var first = $"JSONExtractArrayRaw(ifNull({list}, ''))";
        var second = Inside(first);
        var third = Inside(second);
        return $"arrayExists(x -> {test("x")}, arrayConcat({first}, {second}, {third}, {Inside(third)}))";

        static string Inside(string lists) => $"arrayFlatten(arrayMap(l -> JSONExtractArrayRaw(l), {lists}))";
    }

    protected override string Contains(string text, string part) => $"position({text}, {part}) > 0";

    protected override string Text(string value) =>
        $"CASE WHEN startsWith({value}, '\"') THEN CASE WHEN position({value}, '\\\\') > 0 THEN JSONExtractString({value}) ELSE {Unquoted(value)} END END";

    protected override string Numeral(string value) => $"CASE WHEN NOT startsWith({value}, '\"') THEN toFloat64OrNull({value}) + 0 END";

    // Days that are written so are in the order of their texts; the engine's dates end with the year 2299.
    protected override string Day(string value) => $"CASE WHEN match({value}, '^\"{Date}\"$') THEN {Unquoted(value)} END";

    protected override string AddDay(DateOnly day) => Parameters.Add(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    // Microseconds since 1970, which any year can be told in.
    protected override string Moment(string value)
    {
        var zone = $"extract({value}, '([+-][0-9]{{2}}:?[0-9]{{2}})\"$')";
        var offset = $"(toInt64OrZero(substring({zone}, 2, 2)) * 3600 + toInt64OrZero(right({zone}, 2)) * 60) * if(startsWith({zone}, '-'), -1, 1)";
        var seconds = $"{Days(value)} * 86400 + {Part(value, 13, 2)} * 3600 + {Part(value, 16, 2)} * 60 + toInt64OrZero(extract({value}, ':[0-9]{{2}}:([0-9]{{2}})')) - {offset}";
        var fraction = $"toInt64OrZero(rightPad(extract({value}, '[.]([0-9]{{1,6}})'), 6, '0'))";
        return $"CASE WHEN match({value}, '^\"{Date}{Time}\"$') THEN ({seconds}) * 1000000 + {fraction} END";
    }

    protected override string AddMoment(DateTime utc) => Parameters.Add((utc - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>Days since 1970: those of the same day in the 400 years that the engine knows, and those of the 400 years between them.</summary>
    private static string Days(string value)
    {
        var year = Part(value, 2, 4);
        return $"(toInt64(makeDate32(1900 + ({year} + 100) % 400, {Part(value, 7, 2)}, {Part(value, 10, 2)})) + 146097 * (intDiv({year} + 100, 400) - 5))";
    }

    private static string Part(string value, int start, int length) => FormattableString.Invariant($"toInt64OrZero(substring({value}, {start}, {length}))");

    private static string Unquoted(string value) => $"substring({value}, 2, length({value}) - 2)";

    private string Set(string properties, IReadOnlyList<string> segments) =>
        $"nullIf(nullIf({properties}[{Parameters.Add(JsonPointer.Of(segments))}], ''), 'null')";
}
