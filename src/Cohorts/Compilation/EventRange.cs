using System.Globalization;

namespace Muster.Cohorts.Compilation;

/// <summary>Which events a condition reads: those of a name within an interval.</summary>
internal sealed record EventRange(string EventName, Interval Interval);

/// <summary>From when to when events count, both included; no start: ever.</summary>
internal sealed record Interval(DateTime? From, DateTime To);

/// <summary>
/// A range that several conditions read. It is grouped by person once, with one column for what each condition measures;
/// each condition is then a test of its column.
/// </summary>
internal sealed class SharedRange(EventRange range, int number, ValueColumns values)
{
    private readonly List<string> _measures = [];

    /// <summary>Its name in the query.</summary>
    public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"range_{number}");

    /// <summary>The events.</summary>
    public EventRange Range => range;

    /// <summary>The property values that its conditions need.</summary>
    public ValueColumns Values => values;

    /// <summary>The measures as they follow others in a SELECT list.</summary>
    public string Select => string.Concat(_measures.Select((m, i) => string.Create(CultureInfo.InvariantCulture, $",\n       {m} AS m{i}")));

    /// <summary>Adds what a condition measures, an aggregate, and returns its column.</summary>
    public string Add(string aggregate)
    {
        var known = _measures.IndexOf(aggregate);
        if (known < 0)
        {
            known = _measures.Count;
            _measures.Add(aggregate);
        }

        return string.Create(CultureInfo.InvariantCulture, $"m{known}");
    }
}
