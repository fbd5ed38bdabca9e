using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muster.Web.Cohorts.Builder;

/// <summary>Writes drafts as definitions. What is not filled in yet is written as it is: the interface says what is missing.</summary>
internal static class DraftWriter
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The definition as text for people.</summary>
    public static string Text(ConditionDraft draft) => Write(draft).ToJsonString(Format);

    /// <summary>The definition.</summary>
    public static JsonNode Write(ConditionDraft draft) => draft switch
    {
        GroupDraft group => Negated(group.IsNot, GroupOf(group)),
        ProfileDraft profile => WithTest(new JsonObject { ["profile"] = profile.Test.Property }, profile.Test),
        EventDraft happened => Event(happened),
        SequenceDraft sequence => Sequence(sequence),
        CohortDraft cohort => Negated(cohort.IsNot, new JsonObject { ["cohort"] = Number(cohort.CohortId) }),
        RawDraft raw => JsonNode.Parse(raw.Json)!,
        _ => throw new InvalidOperationException($"A draft of kind {draft.GetType().Name} has no words."),
    };

    // Of one condition it does not matter; and what was written without a group around it comes out without.
    private static JsonNode GroupOf(GroupDraft group) => group.Items is [var only]
        ? Write(only)
        : new JsonObject { [group.IsAny ? "any" : "all"] = new JsonArray([.. group.Items.Select(Write)]) };

    private static JsonNode Negated(bool isNot, JsonNode condition) => isNot ? new JsonObject { ["not"] = condition } : condition;

    private static JsonObject Event(EventDraft draft)
    {
        var json = Filter(draft.Event);
        AddWindow(json, draft.Window);
        if (draft.IsNot)
        {
            json["count"] = new JsonObject { ["eq"] = 0 };
        }
        else if (draft.Measure is not { Kind: "count", Comparison: "gte", Number: "1" })
        {
            json[draft.Measure.Kind] = Measure(draft.Measure);
        }

        return json;
    }

    private static JsonObject Sequence(SequenceDraft draft)
    {
        var json = new JsonObject { ["sequence"] = new JsonArray([.. draft.Steps.Select(Filter)]) };
        if (draft.HasWithin)
        {
            json["within"] = Span(draft.Within);
        }

        AddWindow(json, draft.Window);
        return json;
    }

    private static JsonObject Filter(EventFilterDraft filter)
    {
        var json = new JsonObject { ["event"] = filter.Name };
        if (filter.Where.Count > 0)
        {
            json["where"] = new JsonArray([.. filter.Where.Select(t => WithTest(new JsonObject { ["property"] = t.Property }, t))]);
        }

        return json;
    }

    private static void AddWindow(JsonObject json, WindowDraft window)
    {
        JsonObject? written = window.Kind switch
        {
            "last" => new JsonObject { ["last"] = Span(window.Span) },
            "between" => new JsonObject { ["from"] = window.From, ["to"] = window.To },
            "since" => new JsonObject { ["since"] = window.From },
            _ => null,
        };
        if (written is not null)
        {
            json["window"] = written;
        }
    }

    private static JsonNode Measure(MeasureDraft measure)
    {
        if (measure.Kind == "firstTime")
        {
            return true;
        }

        var json = new JsonObject();
        if (measure.HasProperty)
        {
            json["of"] = measure.Of;
        }

        json[measure.Comparison] = measure.Comparison == "between"
            ? new JsonArray(Number(measure.Number), Number(measure.Upper))
            : Number(measure.Number);
        return json;
    }

    private static JsonObject WithTest(JsonObject json, TestDraft test)
    {
        switch (test.Kind)
        {
            case "isSet":
            case "isNotSet":
                json["isSet"] = test.Kind == "isSet";
                break;
            case "isTrue":
            case "isFalse":
                json["isTrue"] = test.Kind == "isTrue";
                break;
            case "is":
            case "isNot":
                json[test.Kind] = ValueTexts.Write(test.Value);
                break;
            case "between":
                json["between"] = new JsonArray(Number(test.Value), Number(test.Upper));
                break;
            case "inTheLast":
            case "notInTheLast":
                json[test.Kind] = Span(test.Span);
                break;
            case "gt" or "gte" or "lt" or "lte":
                json[test.Kind] = Number(test.Value);
                break;
            default:
                json[test.Kind] = test.Value;
                break;
        }

        return json;
    }

    private static JsonObject Span(SpanDraft span) => new() { ["n"] = Number(span.N), ["unit"] = span.Unit };

    // A text that is no number stays one: the interface says then that a number is wanted.
    private static JsonValue Number(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : JsonValue.Create(text);
}
