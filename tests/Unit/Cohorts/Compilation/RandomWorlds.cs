using System.Globalization;
using System.Text.Json;
using CsCheck;

namespace Muster.Tests.Unit.Cohorts.Compilation;

/// <summary>A definition, the one of cohort 7 that it may refer to, and the project they are asked of.</summary>
public sealed record Case(World World, string Definition, string Other)
{
    public override string ToString() => $"\n{Definition}\nwhere cohort 7 is {Other}\n{World}";
}

/// <summary>A project, several definitions to ask of it, and the one of cohort 7 that they may refer to.</summary>
public sealed record Batch(World World, IReadOnlyList<string> Definitions, string Other)
{
    public override string ToString() => $"\n{string.Join("\n", Definitions)}\nwhere cohort 7 is {Other}\n{World}";
}

/// <summary>Random projects and random definitions that meet in the same few names, values and moments.</summary>
public sealed class RandomWorlds
{
    private static readonly string[] Zones =
    [
        "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Beirut",
    ];

    // Around changes of the clock, ends of months, and a leap day.
    private static readonly string[] Moments =
    [
        "2026-03-29T00:59:59.999Z", "2026-03-29T01:00:00Z", "2026-03-31T12:00:00Z", "2026-10-25T01:30:00Z", "2026-11-01T05:30:00.123456Z",
        "2026-03-08T07:00:00Z", "2024-02-29T23:30:00Z", "2026-04-05T15:00:00Z", "2026-11-23T21:36:01Z", "2026-03-29T22:10:00Z", "2026-05-31T04:00:00Z",
    ];

    private static readonly string[] EventNames = ["Buy", "View", "$identify", "it's \"$c0\"; --"];

    private static readonly string[] PropertyNames =
    [
        "p", "q", "a", "a.b", "a.b.c", "$name", "x/y~z", "\"'\\$c1", "\U0001F600 é", "tags", "tags.0", "", "a.", "p~1",
    ];

    // Names that reach into what others hold, or seem to.
    private static readonly string[][] Families = [["a", "b", "a.b"], ["a", "b", "a.b.a"], ["tags", "0", "tags.0"], ["a", "", "a."], ["a.b", "a", "a.b.b"]];

    private static readonly string[] Texts =
    [
        "", "a", "A", "abc", "5", "5.0", "1e3", " 5 ", "+5", ".5", "5.", "05", "-0", "0", "Infinity", "NaN", "true", "null", "[5]", "{\"a\":5}",
        "O'Brien \"x\" \\ / ~ . $", "\U0001F600", "line\nfeed\ttab", "\\u0041", "$c0", "2026-02-30", "9007199254740993", "\"", "\\", "\u007f\u2028",
    ];

    private static readonly string[] Numbers =
        ["0", "-0", "5", "5.0", "0.5", "1e3", "1000", "-7", "9007199254740992", "9007199254740993", "1e308", "-1e308", "1E-7", "123456789012345678901234567890"];

    private static readonly string[] Units = ["minute", "hour", "day", "week", "month"];

    private static readonly Gen<string> Span = Gen.Select(Gen.Int[1, 5], Pick(Units), (n, unit) => $$"""{"n":{{n}},"unit":"{{unit}}"}""");

    private readonly DateTimeOffset _now;
    private readonly Gen<string> _eventName;
    private readonly Gen<string> _propertyName;
    private readonly Gen<string> _text;
    private readonly Gen<string> _number;

    /// <summary>A few of all the names and values, so that definitions and people often speak of the same.</summary>
    private RandomWorlds(DateTimeOffset now, string[] eventNames, string[] propertyNames, string[] texts, string[] numbers)
    {
        _now = now;
        _eventName = Pick(eventNames);
        _propertyName = Pick(propertyNames);
        _text = Pick(texts).Select(Quote);
        _number = Pick(numbers);
    }

    public static Gen<Case> Cases { get; } = Batches(1).Select(b => new Case(b.World, b.Definitions[0], b.Other));

    public static Gen<Batch> Batches(int definitions) =>
        from zone in Pick(Zones)
        from moment in Pick(Moments)
        from names in Gen.Select(Pick(EventNames).Array[2], Gen.OneOf(Pick(PropertyNames).Array[3], Pick(Families)), Pick(Texts).Array[4], Pick(Numbers).Array[3])
        let now = DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture)
        let random = new RandomWorlds(now, names.Item1, names.Item2, names.Item3, names.Item4)
        from world in random.Project(zone)
        from other in random.Definition(1, references: false)
        from asked in random.Definition(3, references: true).Array[definitions]
        select new Batch(world, asked, other);

    private Gen<World> Project(string zone) =>
        from profiles in Properties().Null(0.3).Array[1, 12]
        from merged in Gen.Int[0, 15].Array[profiles.Length]
        from events in Gen.Select(Gen.Int[-1, profiles.Length - 1], _eventName, Time(), Properties()).Array[0, 50]
        let canonical = merged.Select((m, i) => m < i && merged[m] >= m ? m : i).ToArray()
        select new World(
            _now, zone,
            [.. profiles.Select((profile, i) => new Person(i, canonical[i], $"id {i}", canonical[i] == i ? profile : null))],
            [.. events.Select(e => new Happening(e.Item1 < 0 ? null : e.Item1, e.Item2, e.Item3, e.Item4))]);

    /// <summary>Times at, just beside and well within the borders of spans and days.</summary>
    private Gen<DateTime> Time() =>
        from unit in Pick(1L, 60, 1440, 10080, 43200, 15)
        from n in Gen.Int[-1, 6]
        from beside in Pick(0, 0, 0, 1, -1, 3600_000, -1800_000, 7777_777)
        let ticks = _now.UtcTicks - (_now.UtcTicks % TimeSpan.TicksPerMillisecond)
        select new DateTime(ticks, DateTimeKind.Utc).AddMinutes(-unit * n).AddMilliseconds(beside);

    private Gen<string> Date() => Gen.Select(Time(), Gen.Int[0, 6], (time, form) => Quote(form switch
    {
        0 => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        1 => time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture),
        2 => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        3 => time.AddHours(2).ToString("yyyy-MM-dd HH:mm:ss.fff'+02:00'", CultureInfo.InvariantCulture),
        4 => time.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture),
        5 => time.AddHours(-7).ToString("yyyy-MM-dd'T'HH:mm'-07:00'", CultureInfo.InvariantCulture),
        _ => time.ToString("yyyy-M-d H:mm", CultureInfo.InvariantCulture),
    }));

    private Gen<string> Day() =>
        Time().Select(time => Quote(time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));

    private Gen<string> Properties() => Object(2);

    private Gen<string> Object(int depth) =>
        Gen.Select(_propertyName, Value(depth)).Array[0, 6].Select(pairs =>
            "{" + string.Join(",", pairs.DistinctBy(p => p.Item1).Select(p => $"{Quote(p.Item1)}:{p.Item2}")) + "}");

    private Gen<string> Value(int depth)
    {
        var scalar = Gen.Frequency((4, _text), (4, _number), (1, Pick("true", "false")), (1, Gen.Const("null")), (3, Date()));
        return depth == 0 ? scalar : Gen.Frequency(
            (6, scalar),
            (2, Value(depth - 1).Array[0, 3].Select(items => $"[{string.Join(",", items)}]")),
            (2, Object(depth - 1)));
    }

    private Gen<string> Test()
    {
        var literal = Gen.Frequency((4, _text), (3, _number), (1, Pick("true", "false")));
        var values = literal.Array[1, 3].Select(v => $"[{string.Join(",", v)}]");
        return Gen.OneOf(
            Gen.Select(Pick("is", "isNot"), values, Pair),
            Gen.Select(Pick("is", "isNot"), values, Pair),
            Gen.Select(Pick("contains", "notContains"), _text, Pair),
            Gen.Select(Pick("isSet", "isTrue"), Pick("true", "false"), Pair),
            Comparison("gt", "gte", "lt", "lte"),
            Gen.Select(Pick("before", "after"), Day(), Pair),
            Gen.Select(Pick("inTheLast", "notInTheLast"), Span, Pair));
    }

    private Gen<string> Comparison(params string[] relations)
    {
        var small = Gen.OneOf(_number, Gen.Int[-1, 4].Select(n => n.ToString(CultureInfo.InvariantCulture)));
        var between = Gen.Select(small, small, (a, b) =>
            double.Parse(a, CultureInfo.InvariantCulture) <= double.Parse(b, CultureInfo.InvariantCulture) ? $"\"between\":[{a},{b}]" : $"\"between\":[{b},{a}]");
        return Gen.Frequency((relations.Length, Gen.Select(Pick(relations), small, Pair)), (1, between));
    }

    private Gen<string> PropertyTest(string key) =>
        Gen.Select(_propertyName, Test(), (name, test) => $"{{\"{key}\":{Quote(name)},{test}}}");

    private Gen<string> Filter() =>
        from name in Gen.Frequency((6, _eventName), (2, Gen.Const("$any")), (1, Gen.Const("never seen")))
        from tests in Gen.Frequency((2, PropertyTest("property").Array[0]), (1, PropertyTest("property").Array[1, 2]))
        select $"\"event\":{Quote(name)}" + (tests.Length == 0 ? "" : $",\"where\":[{string.Join(",", tests)}]");

    private Gen<string> Window() => Gen.OneOf(
        Gen.Const(""),
        Gen.Const(""),
        Span.Select(span => $$""","window":{"last":{{span}}}"""),
        Day().Select(day => $$""","window":{"since":{{day}}}"""),
        Gen.Select(Day(), Day(), (a, b) => string.CompareOrdinal(a, b) <= 0
            ? $$""","window":{"from":{{a}},"to":{{b}}}"""
            : $$""","window":{"from":{{b}},"to":{{a}}}"""));

    private Gen<string> Measure()
    {
        var comparison = Comparison("gte", "gt", "lte", "lt", "eq");
        return Gen.OneOf(
            Gen.Const(""),
            Gen.Select(Pick("count", "distinctDays"), comparison, (name, c) => $",\"{name}\":{{{c}}}"),
            Gen.Const(",\"firstTime\":true"),
            Gen.Select(Pick("sum", "avg", "min", "max", "distinct"), _propertyName, comparison, (name, of, c) =>
                $",\"{name}\":{{\"of\":{Quote(of)},{c}}}"));
    }

    private Gen<string> Definition(int depth, bool references)
    {
        var leaf = Gen.Frequency(
            (4, PropertyTest("profile")),
            (5, Gen.Select(Filter(), Window(), Measure(), (filter, window, measure) => $"{{{filter}{window}{measure}}}")),
            (2, Gen.Select(Filter().Array[1, 3], Span.Null(), Window(), (steps, within, window) =>
                $"{{\"sequence\":[{string.Join(",", steps.Select(s => $"{{{s}}}"))}]{(within is null ? "" : $",\"within\":{within}")}{window}}}")),
            (references ? 1 : 0, Gen.Const("{\"cohort\":7}")));
        if (depth == 0)
        {
            return leaf;
        }

        var inner = Definition(depth - 1, references);
        return Gen.Frequency(
            (3, leaf),
            (2, Gen.Select(Pick("all", "any"), inner.Array[1, 3], (kind, of) => $"{{\"{kind}\":[{string.Join(",", of)}]}}")),
            (1, inner.Select(of => $"{{\"not\":{of}}}")));
    }

    private static Gen<T> Pick<T>(params T[] items) => Gen.Int[0, items.Length - 1].Select(i => items[i]);

    private static string Pair(string key, string value) => $"\"{key}\":{value}";

    private static string Quote(string text) => JsonSerializer.Serialize(text);
}
