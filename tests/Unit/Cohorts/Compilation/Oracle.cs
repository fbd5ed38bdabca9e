using System.Globalization;
using System.Text.Json;

namespace Muster.Tests.Unit.Cohorts.Compilation;

/// <summary>
/// Says who is a member by reading the definition's JSON as the documentation reads, one person and one event at a time.
/// It shares nothing with the program, so that both must be wrong in the same way to agree on a wrong answer.
/// </summary>
public sealed class Oracle(World world, IReadOnlyDictionary<int, JsonElement> cohorts)
{
    private static readonly string[] Dates =
        ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd HH:mm"];

    private readonly TimeZoneInfo _zone = TimeZoneInfo.FindSystemTimeZoneById(world.Zone);
    private readonly DateTime _now = world.Now.UtcDateTime;
    private readonly Dictionary<DateOnly, DateTime> _starts = [];

    /// <summary>Whether a sum came by whose rounding decided: it depends on the order of the events, which an engine is free in.</summary>
    public bool OrderMatters { get; private set; }

    public IReadOnlyList<int> Members(JsonElement definition) =>
        [.. world.People.Where(p => p.DistinctId.Length > 0).Select(p => p.CanonicalId).Distinct().Where(id => Satisfies(definition, id)).Order()];

    private bool Satisfies(JsonElement condition, int person)
    {
        if (condition.TryGetProperty("all", out var all))
        {
            return all.EnumerateArray().All(c => Satisfies(c, person));
        }

        if (condition.TryGetProperty("any", out var any))
        {
            return any.EnumerateArray().Any(c => Satisfies(c, person));
        }

        if (condition.TryGetProperty("not", out var not))
        {
            return !Satisfies(not, person);
        }

        if (condition.TryGetProperty("cohort", out var cohort))
        {
            return Satisfies(cohorts[cohort.GetInt32()], person);
        }

        if (condition.TryGetProperty("profile", out var property))
        {
            var profile = world.People.Single(p => p.Id == person).Profile;
            return Holds(condition, profile is null ? null : Value(Json(profile), property.GetString()!));
        }

        return condition.TryGetProperty("sequence", out var steps) ? Sequence(condition, steps, person) : Behavior(condition, person);
    }

    private bool Behavior(JsonElement condition, int person)
    {
        var ever = Events(condition, person).ToList();
        var events = ever.Where(e => InWindow(condition, e.Time)).ToList();
        if (condition.TryGetProperty("count", out var count))
        {
            return Compares(count, events.Count);
        }

        if (condition.TryGetProperty("distinctDays", out var days))
        {
            return Compares(days, events.Select(e => LocalDay(e.Time)).Distinct().Count());
        }

        if (condition.TryGetProperty("firstTime", out _))
        {
            return ever.Count > 0 && InWindow(condition, ever.Min(e => e.Time));
        }

        if (condition.TryGetProperty("distinct", out var distinct))
        {
            var values = events.Select(e => Value(Json(e.Properties), distinct.GetProperty("of").GetString()!)).OfType<JsonElement>();
            return Compares(distinct, values.Select(v => Number(v) is { } n ? (object)(n + 0.0) : v.GetRawText()).Distinct().Count());
        }

        foreach (var (name, figure) in new (string, Func<IEnumerable<double>, double>)[]
                 { ("sum", Enumerable.Sum), ("avg", Enumerable.Average), ("min", Enumerable.Min), ("max", Enumerable.Max) })
        {
            if (condition.TryGetProperty(name, out var measure))
            {
                var numbers = events.Select(e => Value(Json(e.Properties), measure.GetProperty("of").GetString()!))
                    .OfType<JsonElement>().Select(Number).OfType<double>().ToList();
                OrderMatters |= numbers.Count > 0 && Orders(numbers).Select(o => Compares(measure, figure(o))).Distinct().Skip(1).Any();
                return numbers.Count > 0 && Compares(measure, figure(numbers));
            }
        }

        return events.Count >= 1;
    }

    // In some of these the small ones are not lost beside the great ones, and the great ones cancel out before they overflow.
    private static IEnumerable<IEnumerable<double>> Orders(List<double> numbers) =>
        [numbers, numbers.Order(), numbers.OrderDescending(), numbers.OrderBy(Math.Abs), numbers.OrderByDescending(Math.Abs)];

    private bool Sequence(JsonElement condition, JsonElement steps, int person)
    {
        var candidates = steps.EnumerateArray().Select(s => Events(s, person).Where(e => InWindow(condition, e.Time)).ToList()).ToList();
        return From(0, DateTime.MinValue, null);

        bool From(int step, DateTime after, DateTime? started) => step == candidates.Count
            ? !condition.TryGetProperty("within", out var within) || started >= Ago(after, within)
            : candidates[step].Any(e => e.Time > after && From(step + 1, e.Time, started ?? e.Time));
    }

    /// <summary>Someone's events of the name that satisfy 'where', up to now.</summary>
    private IEnumerable<Happening> Events(JsonElement filter, int person)
    {
        var name = filter.GetProperty("event").GetString()!;
        var ids = world.People.Where(p => p.CanonicalId == person).Select(p => (int?)p.Id).ToHashSet();
        return world.Events.Where(e => e.PersonId is not null && ids.Contains(e.PersonId) && e.Time <= _now
            && (name == "$any" || e.Name == name)
            && (!filter.TryGetProperty("where", out var where)
                || where.EnumerateArray().All(t => Holds(t, Value(Json(e.Properties), t.GetProperty("property").GetString()!)))));
    }

    private bool InWindow(JsonElement condition, DateTime time)
    {
        if (!condition.TryGetProperty("window", out var window))
        {
            return true;
        }

        if (window.TryGetProperty("last", out var span))
        {
            return time >= Ago(_now, span);
        }

        return window.TryGetProperty("since", out var since)
            ? time >= Start(Day(since))
            : time >= Start(Day(window.GetProperty("from"))) && time < Start(Day(window.GetProperty("to")).AddDays(1));
    }

    // ---- values

    private static JsonElement? Value(JsonElement properties, string name)
    {
        if (properties.TryGetProperty(name, out var named) && named.ValueKind != JsonValueKind.Null)
        {
            return named;
        }

        JsonElement at = properties;
        foreach (var segment in name.Split('.'))
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(segment, out at))
            {
                return null;
            }
        }

        return at.ValueKind == JsonValueKind.Null ? null : at;
    }

    private bool Holds(JsonElement test, JsonElement? value)
    {
        foreach (var part in test.EnumerateObject())
        {
            switch (part.Name)
            {
                case "isSet":
                    return value is not null == part.Value.GetBoolean();
                case "isNot":
                    return !Positive("is", part.Value, value);
                case "notContains":
                    return !Positive("contains", part.Value, value);
                case "notInTheLast":
                    return !Positive("inTheLast", part.Value, value);
                case "profile":
                case "property":
                    continue;
                default:
                    return Positive(part.Name, part.Value, value);
            }
        }

        throw new InvalidOperationException("no test");
    }

    private bool Positive(string test, JsonElement wanted, JsonElement? found)
    {
        if (found is not { } value)
        {
            return false;
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            return value.EnumerateArray().Any(e => Positive(test, wanted, e));
        }

        return test switch
        {
            "is" => wanted.EnumerateArray().Any(w => Same(w, value)),
            "contains" => value.ValueKind == JsonValueKind.String && value.GetString()!.Contains(wanted.GetString()!, StringComparison.Ordinal),
            "isTrue" => value.ValueKind == (wanted.GetBoolean() ? JsonValueKind.True : JsonValueKind.False),
            "before" => Date(value) is { } date && date < Start(Day(wanted)),
            "after" => Date(value) is { } date && date >= Start(Day(wanted).AddDays(1)),
            "inTheLast" => Date(value) is { } date && date >= Ago(_now, wanted) && date <= _now,
            _ => Number(value) is { } number && Compares(test, wanted, number),
        };
    }

    private static bool Same(JsonElement wanted, JsonElement value)
    {
        if (wanted.ValueKind == JsonValueKind.String && value.ValueKind == JsonValueKind.String)
        {
            return wanted.GetString() == value.GetString();
        }

        if (wanted.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return wanted.ValueKind == value.ValueKind;
        }

        return Number(wanted) is { } a && Number(value) is { } b && a == b;
    }

    private static double? Number(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number)
        {
            return value.GetDouble();
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        var text = value.GetString()!;
        try
        {
            using var read = JsonDocument.Parse(text);
            return read.RootElement.ValueKind == JsonValueKind.Number && read.RootElement.GetRawText() == text ? read.RootElement.GetDouble() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool Compares(JsonElement comparison, double number)
    {
        var part = comparison.EnumerateObject().Single(p => p.Name != "of");
        return Compares(part.Name, part.Value, number);
    }

    private static bool Compares(string relation, JsonElement wanted, double number) => relation switch
    {
        "gte" => number >= wanted.GetDouble(),
        "gt" => number > wanted.GetDouble(),
        "lte" => number <= wanted.GetDouble(),
        "lt" => number < wanted.GetDouble(),
        "eq" => number == wanted.GetDouble(),
        "between" => wanted[0].GetDouble() <= number && number <= wanted[1].GetDouble(),
        _ => throw new InvalidOperationException(relation),
    };

    // ---- time

    private DateTime? Date(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        var text = value.GetString()!;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return Start(day);
        }

        foreach (var format in Dates)
        {
            if (DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var utc))
            {
                return utc;
            }

            if (DateTimeOffset.TryParseExact(text, format + "K", CultureInfo.InvariantCulture, DateTimeStyles.None, out var zoned))
            {
                return zoned.UtcDateTime;
            }
        }

        return null;
    }

    private static DateOnly Day(JsonElement text) => DateOnly.Parse(text.GetString()!, CultureInfo.InvariantCulture);

    private DateOnly LocalDay(DateTime utc) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(utc, _zone));

    /// <summary>The first instant whose local date is the day or later, found by walking.</summary>
    private DateTime Start(DateOnly day)
    {
        if (!_starts.TryGetValue(day, out var start))
        {
            start = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc).AddHours(-26);
            while (LocalDay(start) < day)
            {
                start = start.AddMinutes(1);
            }

            _starts[day] = start;
        }

        return start;
    }

    private DateTime Ago(DateTime from, JsonElement span)
    {
        var n = span.GetProperty("n").GetInt32();
        switch (span.GetProperty("unit").GetString())
        {
            case "minute":
                return from.AddMinutes(-n);
            case "hour":
                return from.AddHours(-n);
            case "day":
                return from.AddHours(-24 * n);
            case "week":
                return from.AddHours(-168 * n);
        }

        var wall = TimeZoneInfo.ConvertTimeFromUtc(from, _zone).AddMonths(-n);
        // Every moment that shows this wall-clock time, earliest first; none does when the clock skipped it.
        for (var minutes = 15 * 60; minutes >= -15 * 60; minutes--)
        {
            var utc = DateTime.SpecifyKind(wall.AddMinutes(-minutes), DateTimeKind.Utc);
            if (TimeZoneInfo.ConvertTimeFromUtc(utc, _zone) == wall)
            {
                return utc;
            }
        }

        return DateTime.SpecifyKind(wall - _zone.GetUtcOffset(DateTime.SpecifyKind(wall.AddDays(-1), DateTimeKind.Utc)), DateTimeKind.Utc);
    }

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
