using System.Text.Json;

namespace Muster.Web.Cohorts.Builder;

/// <summary>Reads definitions as drafts. What sentences have no words for is kept as it is.</summary>
internal static class DraftReader
{
    private static readonly string[] Comparisons = ["gte", "gt", "lte", "lt", "eq", "between"];
    private static readonly string[] Measures = ["count", "distinctDays", "firstTime", "sum", "avg", "min", "max", "distinct"];
    private static readonly string[] Tests =
        ["is", "isNot", "contains", "notContains", "isSet", "gt", "gte", "lt", "lte", "between", "before", "after", "inTheLast", "notInTheLast", "isTrue"];

    /// <summary>The definition as a group, so that more can be added.</summary>
    public static GroupDraft ReadRoot(JsonElement definition) => Read(definition) is GroupDraft group ? group : new GroupDraft { Items = [Read(definition)] };

    private static ConditionDraft Read(JsonElement json)
    {
        try
        {
            return Known(json) ?? new RawDraft(json.GetRawText());
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            // Of another shape than it should have: the interface says where.
            return new RawDraft(json.GetRawText());
        }
    }

    private static ConditionDraft? Known(JsonElement json)
    {
        var keys = json.EnumerateObject().Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        return keys switch
        {
            _ when Has(keys, "all") && keys.Count == 1 => Group(json.GetProperty("all"), isAny: false),
            _ when Has(keys, "any") && keys.Count == 1 => Group(json.GetProperty("any"), isAny: true),
            _ when Has(keys, "not") && keys.Count == 1 => Not(Read(json.GetProperty("not"))),
            _ when Has(keys, "cohort") && keys.Count == 1 => new CohortDraft { CohortId = json.GetProperty("cohort").GetRawText() },
            _ when Has(keys, "profile") && keys.Count == 2 => Test(json, "profile") is { } test ? new ProfileDraft { Test = test } : null,
            _ when Has(keys, "event") => Event(json, keys),
            _ when Has(keys, "sequence") && keys.IsSubsetOf(["sequence", "within", "window"]) => Sequence(json),
            _ => null,
        };
    }

    private static bool Has(HashSet<string> keys, string key) => keys.Contains(key);

    private static GroupDraft Group(JsonElement items, bool isAny) => new() { IsAny = isAny, Items = [.. items.EnumerateArray().Select(Read)] };

    private static ConditionDraft Not(ConditionDraft inner)
    {
        switch (inner)
        {
            case GroupDraft { IsNot: false } group:
                group.IsNot = true;
                return group;
            case CohortDraft { IsNot: false } cohort:
                cohort.IsNot = true;
                return cohort;
            default:
                return new GroupDraft { IsNot = true, Items = [inner] };
        }
    }

    private static EventDraft? Event(JsonElement json, HashSet<string> keys)
    {
        var measures = Measures.Where(keys.Contains).ToList();
        if (measures.Count > 1 || !keys.IsSubsetOf(["event", "where", "window", .. measures]) || Filter(json) is not { } filter || Window(json) is not { } window)
        {
            return null;
        }

        if (measures.Count == 0)
        {
            return new EventDraft { Event = filter, Window = window };
        }

        var value = json.GetProperty(measures[0]);
        if (measures[0] == "count" && value.GetRawText().Where(c => !char.IsWhiteSpace(c)).SequenceEqual("{\"eq\":0}"))
        {
            return new EventDraft { IsNot = true, Event = filter, Window = window };
        }

        return Measure(measures[0], value) is { } measure ? new EventDraft { Event = filter, Window = window, Measure = measure } : null;
    }

    private static SequenceDraft? Sequence(JsonElement json)
    {
        var steps = json.GetProperty("sequence").EnumerateArray().Select(Filter).ToList();
        var hasWithin = json.TryGetProperty("within", out var within);
        return steps.Contains(null) || Window(json) is not { } window
            ? null
            : new SequenceDraft { Steps = [.. steps.OfType<EventFilterDraft>()], HasWithin = hasWithin, Within = hasWithin ? Span(within) : new SpanDraft(), Window = window };
    }

    private static EventFilterDraft? Filter(JsonElement json)
    {
        var tests = json.TryGetProperty("where", out var where) ? where.EnumerateArray().Select(t => Test(t, "property")).ToList() : [];
        return tests.Contains(null) ? null : new EventFilterDraft { Name = json.GetProperty("event").GetString()!, Where = [.. tests.OfType<TestDraft>()] };
    }

    private static TestDraft? Test(JsonElement json, string nameKey)
    {
        var kinds = json.EnumerateObject().Select(p => p.Name).Where(Tests.Contains).ToList();
        if (kinds is not [var kind] || json.EnumerateObject().Count() != 2)
        {
            return null;
        }

        var name = json.GetProperty(nameKey).GetString()!;
        var value = json.GetProperty(kind);
        return kind switch
        {
            "isSet" => new TestDraft { Property = name, Kind = value.GetBoolean() ? "isSet" : "isNotSet" },
            "isTrue" => new TestDraft { Property = name, Kind = value.GetBoolean() ? "isTrue" : "isFalse" },
            "is" or "isNot" => new TestDraft { Property = name, Kind = kind, Value = ValueTexts.Read(value) },
            "between" => new TestDraft { Property = name, Kind = kind, Value = value[0].GetRawText(), Upper = value[1].GetRawText() },
            "inTheLast" or "notInTheLast" => new TestDraft { Property = name, Kind = kind, Span = Span(value) },
            "gt" or "gte" or "lt" or "lte" => new TestDraft { Property = name, Kind = kind, Value = value.GetRawText() },
            _ => new TestDraft { Property = name, Kind = kind, Value = value.GetString()! },
        };
    }

    private static MeasureDraft? Measure(string kind, JsonElement value)
    {
        if (kind == "firstTime")
        {
            return value.GetBoolean() ? new MeasureDraft { Kind = kind } : null;
        }

        var comparisons = value.EnumerateObject().Select(p => p.Name).Where(Comparisons.Contains).ToList();
        if (comparisons is not [var comparison])
        {
            return null;
        }

        var measure = new MeasureDraft { Kind = kind, Comparison = comparison };
        if (measure.HasProperty)
        {
            measure.Of = value.GetProperty("of").GetString()!;
        }

        var number = value.GetProperty(comparison);
        (measure.Number, measure.Upper) = comparison == "between" ? (number[0].GetRawText(), number[1].GetRawText()) : (number.GetRawText(), "");
        return measure;
    }

    private static WindowDraft? Window(JsonElement json)
    {
        if (!json.TryGetProperty("window", out var window))
        {
            return new WindowDraft();
        }

        return window.TryGetProperty("last", out var last) ? new WindowDraft { Kind = "last", Span = Span(last) }
            : window.TryGetProperty("since", out var since) ? new WindowDraft { Kind = "since", From = since.GetString()! }
            : window.TryGetProperty("from", out var from) ? new WindowDraft { Kind = "between", From = from.GetString()!, To = window.GetProperty("to").GetString()! }
            : null;
    }

    private static SpanDraft Span(JsonElement json) => new() { N = json.GetProperty("n").GetRawText(), Unit = json.GetProperty("unit").GetString()! };
}
