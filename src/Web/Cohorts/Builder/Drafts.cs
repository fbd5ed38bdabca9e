namespace Muster.Web.Cohorts.Builder;

/// <summary>A condition while it is being written: texts are as typed, and may be incomplete.</summary>
public abstract class ConditionDraft
{
    /// <summary>Whether every blank is filled in.</summary>
    public abstract bool IsComplete { get; }
}

/// <summary>All or any of some conditions, or not.</summary>
public sealed class GroupDraft : ConditionDraft
{
    /// <summary>Whether one of them is enough.</summary>
    public bool IsAny { get; set; }

    /// <summary>Whether those are meant who do not satisfy it.</summary>
    public bool IsNot { get; set; }

    /// <summary>The conditions.</summary>
    public List<ConditionDraft> Items { get; init; } = [];

    /// <inheritdoc />
    public override bool IsComplete => Items.Count > 0 && Items.TrueForAll(i => i.IsComplete);
}

/// <summary>A test of a profile property.</summary>
public sealed class ProfileDraft : ConditionDraft
{
    /// <summary>The test.</summary>
    public TestDraft Test { get; init; } = new();

    /// <inheritdoc />
    public override bool IsComplete => Test.IsComplete;
}

/// <summary>Did something, or did not.</summary>
public sealed class EventDraft : ConditionDraft
{
    /// <summary>Whether those are meant who did it not once.</summary>
    public bool IsNot { get; set; }

    /// <summary>Which event.</summary>
    public EventFilterDraft Event { get; init; } = new();

    /// <summary>How much of it.</summary>
    public MeasureDraft Measure { get; init; } = new();

    /// <summary>When.</summary>
    public WindowDraft Window { get; init; } = new();

    /// <inheritdoc />
    public override bool IsComplete => Event.IsComplete && (IsNot || Measure.IsComplete) && Window.IsComplete;
}

/// <summary>One thing, then another.</summary>
public sealed class SequenceDraft : ConditionDraft
{
    /// <summary>The steps.</summary>
    public List<EventFilterDraft> Steps { get; init; } = [new(), new()];

    /// <summary>Whether the last comes no later than a span after the first.</summary>
    public bool HasWithin { get; set; }

    /// <summary>That span.</summary>
    public SpanDraft Within { get; init; } = new();

    /// <summary>When.</summary>
    public WindowDraft Window { get; init; } = new();

    /// <inheritdoc />
    public override bool IsComplete => Steps.Count > 0 && Steps.TrueForAll(s => s.IsComplete) && (!HasWithin || Within.IsComplete) && Window.IsComplete;
}

/// <summary>In another cohort, or not.</summary>
public sealed class CohortDraft : ConditionDraft
{
    /// <summary>Whether those are meant who are not in it.</summary>
    public bool IsNot { get; set; }

    /// <summary>The cohort's id, as chosen.</summary>
    public string CohortId { get; set; } = "";

    /// <inheritdoc />
    public override bool IsComplete => CohortId.Length > 0;
}

/// <summary>A condition that sentences have no words for; it is kept as it is.</summary>
public sealed class RawDraft(string json) : ConditionDraft
{
    /// <summary>Its JSON.</summary>
    public string Json { get; } = json;

    /// <inheritdoc />
    public override bool IsComplete => true;
}

/// <summary>An event with tests of its properties.</summary>
public sealed class EventFilterDraft
{
    /// <summary>Its name.</summary>
    public string Name { get; set; } = "";

    /// <summary>The tests.</summary>
    public List<TestDraft> Where { get; init; } = [];

    /// <summary>Whether every blank is filled in.</summary>
    public bool IsComplete => Name.Length > 0 && Where.TrueForAll(t => t.IsComplete);
}

/// <summary>A test of one property.</summary>
public sealed class TestDraft
{
    /// <summary>The property.</summary>
    public string Property { get; set; } = "";

    /// <summary>The key of the test; <c>isSet</c> and <c>isTrue</c> have their opposites as <c>isNotSet</c> and <c>isFalse</c>.</summary>
    public string Kind { get; set; } = "is";

    /// <summary>The value, the first of two, or values separated by commas.</summary>
    public string Value { get; set; } = "";

    /// <summary>The second of two.</summary>
    public string Upper { get; set; } = "";

    /// <summary>The span of <c>inTheLast</c> and its opposite.</summary>
    public SpanDraft Span { get; init; } = new();

    /// <summary>Whether every blank is filled in.</summary>
    public bool IsComplete => Property.Length > 0 && Kind switch
    {
        "isSet" or "isNotSet" or "isTrue" or "isFalse" => true,
        "inTheLast" or "notInTheLast" => Span.IsComplete,
        "between" => Value.Length > 0 && Upper.Length > 0,
        _ => Value.Length > 0,
    };
}

/// <summary>A length of time.</summary>
public sealed class SpanDraft
{
    /// <summary>How many.</summary>
    public string N { get; set; } = "7";

    /// <summary>Of what: minute, hour, day, week, month.</summary>
    public string Unit { get; set; } = "day";

    /// <summary>Whether the number is there.</summary>
    public bool IsComplete => N.Length > 0;
}

/// <summary>When events count.</summary>
public sealed class WindowDraft
{
    /// <summary><c>ever</c>, <c>last</c>, <c>between</c>, <c>since</c>.</summary>
    public string Kind { get; set; } = "ever";

    /// <summary>The span of <c>last</c>.</summary>
    public SpanDraft Span { get; init; } = new();

    /// <summary>The first day, as 2026-01-31.</summary>
    public string From { get; set; } = "";

    /// <summary>The last day.</summary>
    public string To { get; set; } = "";

    /// <summary>Whether every blank is filled in.</summary>
    public bool IsComplete => Kind switch
    {
        "last" => Span.IsComplete,
        "between" => From.Length > 0 && To.Length > 0,
        "since" => From.Length > 0,
        _ => true,
    };
}

/// <summary>What is measured over events.</summary>
public sealed class MeasureDraft
{
    /// <summary><c>count</c>, <c>distinctDays</c>, <c>firstTime</c>, <c>sum</c>, <c>avg</c>, <c>min</c>, <c>max</c>, <c>distinct</c>.</summary>
    public string Kind { get; set; } = "count";

    /// <summary>Of which property, where one is measured.</summary>
    public string Of { get; set; } = "";

    /// <summary><c>gte</c>, <c>gt</c>, <c>lte</c>, <c>lt</c>, <c>eq</c>, <c>between</c>.</summary>
    public string Comparison { get; set; } = "gte";

    /// <summary>The number, or the lower one.</summary>
    public string Number { get; set; } = "1";

    /// <summary>The upper one.</summary>
    public string Upper { get; set; } = "";

    /// <summary>Whether a property is measured.</summary>
    public bool HasProperty => Kind is "sum" or "avg" or "min" or "max" or "distinct";

    /// <summary>Whether every blank is filled in.</summary>
    public bool IsComplete => Kind == "firstTime"
        || (Number.Length > 0 && (Comparison != "between" || Upper.Length > 0) && (!HasProperty || Of.Length > 0));
}
