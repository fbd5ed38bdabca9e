namespace Muster.Cohorts.Definition;

/// <summary>What a member must satisfy: the tree of a cohort's definition.</summary>
internal abstract record Condition
{
    private Condition()
    {
    }

    /// <summary>Everyone who satisfies each of the conditions.</summary>
    public sealed record All(IReadOnlyList<Condition> Of) : Condition;

    /// <summary>Everyone who satisfies at least one of the conditions.</summary>
    public sealed record Any(IReadOnlyList<Condition> Of) : Condition;

    /// <summary>Everyone who exists and does not satisfy the condition.</summary>
    public sealed record Not(Condition Of) : Condition;

    /// <summary>The members of another cohort of the project.</summary>
    public sealed record InCohort(int CohortId) : Condition;

    /// <summary>A test of a profile property; a person without a profile has none set.</summary>
    public sealed record Profile(PropertyTest Test) : Condition;

    /// <summary>What someone did: events of one kind within a window, measured. No window: ever.</summary>
    public sealed record Behavior(EventFilter Event, Window? Window, Measure Measure) : Condition;

    /// <summary>Steps at strictly increasing times, all in the window, the last one no later than <paramref name="Within"/> after the first.</summary>
    public sealed record Sequence(IReadOnlyList<EventFilter> Steps, Span? Within, Window? Window) : Condition;
}

/// <summary>Events of one name whose properties satisfy every test.</summary>
internal sealed record EventFilter(string Name, IReadOnlyList<PropertyTest> Where)
{
    /// <summary>Stands for every stored event, identity events included.</summary>
    public const string AnyName = "$any";

    /// <summary>Whether the name is of no matter.</summary>
    public bool IsAny => Name == AnyName;
}

/// <summary>A test of one property; <c>a.b</c> reaches into objects when no property is named so itself.</summary>
internal sealed record PropertyTest(string Property, Test Test);

/// <summary>When events count; never after the moment of evaluation.</summary>
internal abstract record Window
{
    private Window()
    {
    }

    /// <summary>From that long ago until now, both ends included.</summary>
    public sealed record Last(Span Span) : Window;

    /// <summary>Whole days in the project's time zone, both included.</summary>
    public sealed record Days(DateOnly From, DateOnly To) : Window;

    /// <summary>From the first instant of the day until now.</summary>
    public sealed record Since(DateOnly Day) : Window;
}

/// <summary>A length of time, as <c>{"n":7,"unit":"day"}</c>.</summary>
internal sealed record Span(int N, SpanUnit Unit);

/// <summary>Minutes to weeks are fixed lengths; a month goes back to the same wall-clock time in the project's zone.</summary>
internal enum SpanUnit
{
    Minute,
    Hour,
    Day,
    Week,
    Month,
}
