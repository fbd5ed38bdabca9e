using System.Globalization;
using System.Text;

namespace Muster.Cohorts.Compilation;

/// <summary>The values of a query: each leaves as a named parameter, never as SQL text.</summary>
internal sealed class SqlParameters
{
    private readonly List<KeyValuePair<string, object?>> _values = [];

    /// <summary>The values added so far.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Values => _values;

    /// <summary>Adds a whole number and returns the SQL that stands for it.</summary>
    public string Add(long number) => AddValue(number);

    /// <summary>Adds a number.</summary>
    // Cast, because a parameter takes the type of what it is compared with: beside count(*) 0.5 would become a whole number.
    public string Add(double number) => $"CAST({AddValue(number)} AS DOUBLE)";

    /// <summary>Adds a day.</summary>
    public string Add(DateOnly day) => $"CAST({AddValue(day)} AS DATE)";

    /// <summary>Adds a UTC moment as a TIMESTAMP.</summary>
    public string Add(DateTime utc) => $"CAST({AddValue(DateTime.SpecifyKind(utc, DateTimeKind.Unspecified))} AS TIMESTAMP)";

    /// <summary>Adds a text.</summary>
    public string Add(string text) => text.Contains('\0', StringComparison.Ordinal)
        // The driver ends a text at its first U+0000; as bytes it arrives whole.
        ? $"decode({AddValue(Encoding.UTF8.GetBytes(text))})"
        : AddValue(text);

    /// <summary>Adds several values as the inside of an IN list.</summary>
    public string AddAll(IEnumerable<string> texts) => string.Join(", ", texts.Select(Add));

    /// <summary>Adds several values as the inside of an IN list.</summary>
    public string AddAll(IEnumerable<double> numbers) => string.Join(", ", numbers.Select(Add));

    /// <summary>
    /// Adds many values as what stands after IN: as one list, because the engine needs ten seconds to take in twenty
    /// thousand parameters. Texts with U+0000 would not arrive whole in it.
    /// </summary>
    public string AddSet(IEnumerable<string> texts) => $"(SELECT unnest(CAST({AddValue(texts.ToList())} AS VARCHAR[])))";

    /// <summary>As <see cref="AddSet(IEnumerable{string})"/>.</summary>
    public string AddSet(IEnumerable<double> numbers) => $"(SELECT unnest(CAST({AddValue(numbers.ToList())} AS DOUBLE[])))";

    private string AddValue(object value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"c{_values.Count}");
        _values.Add(new KeyValuePair<string, object?>(name, value));
        return $"${name}";
    }
}
