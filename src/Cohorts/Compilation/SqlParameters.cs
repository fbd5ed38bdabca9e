using System.Globalization;

namespace Muster.Cohorts.Compilation;

/// <summary>The values of a query: each leaves as a named parameter, never as SQL text.</summary>
internal abstract class SqlParameters
{
    private readonly List<KeyValuePair<string, object?>> _values = [];

    /// <summary>The values added so far.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Values => _values;

    /// <summary>Adds a whole number and returns the SQL that stands for it.</summary>
    public abstract string Add(long number);

    /// <summary>Adds a number.</summary>
    public abstract string Add(double number);

    /// <summary>Adds a day.</summary>
    public abstract string Add(DateOnly day);

    /// <summary>Adds a UTC moment.</summary>
    public abstract string Add(DateTime utc);

    /// <summary>Adds a text.</summary>
    public abstract string Add(string text);

    /// <summary>Adds several values as the inside of an IN list.</summary>
    public string AddAll(IEnumerable<string> texts) => string.Join(", ", texts.Select(Add));

    /// <summary>Adds several values as the inside of an IN list.</summary>
    public string AddAll(IEnumerable<double> numbers) => string.Join(", ", numbers.Select(Add));

    /// <summary>
    /// Adds many values as what stands after IN: as one list, because engines need long to take in thousands of
    /// parameters. Texts with U+0000 would not arrive whole in it.
    /// </summary>
    public abstract string AddSet(IEnumerable<string> texts);

    /// <summary>As <see cref="AddSet(IEnumerable{string})"/>.</summary>
    public abstract string AddSet(IEnumerable<double> numbers);

    /// <summary>Keeps a value and returns its name.</summary>
    protected string Keep(object value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"c{_values.Count}");
        _values.Add(new KeyValuePair<string, object?>(name, value));
        return name;
    }
}
