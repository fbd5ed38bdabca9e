using System.Globalization;
using System.Text;

namespace Muster.Query.Expressions;

/// <summary>The values of a statement: each leaves as a named parameter <c>$q0</c>, <c>$q1</c>…, never as SQL text.</summary>
internal sealed class SqlParameters
{
    private readonly List<KeyValuePair<string, object?>> _values = [];

    /// <summary>The values added so far, keyed without the <c>$</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Values => _values;

    /// <summary>Adds a whole number and returns the SQL that stands for it.</summary>
    public string Add(long number) => AddValue(number);

    /// <summary>Adds a number.</summary>
    public string Add(double number) => $"CAST({AddValue(number)} AS DOUBLE)";

    /// <summary>Adds a UTC moment.</summary>
    public string Add(DateTime utc) => $"CAST({AddValue(DateTime.SpecifyKind(utc, DateTimeKind.Unspecified))} AS TIMESTAMP)";

    /// <summary>Adds a text.</summary>
    public string Add(string text) => text.Contains('\0', StringComparison.Ordinal)
        // The driver ends a text at its first U+0000; as bytes it arrives whole.
        ? $"decode({AddValue(Encoding.UTF8.GetBytes(text))})"
        : $"CAST({AddValue(text)} AS VARCHAR)";

    /// <summary>Adds several texts as the inside of an IN list.</summary>
    public string AddAll(IEnumerable<string> texts) => string.Join(", ", texts.Select(Add));

    private string AddValue(object value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"q{_values.Count}");
        _values.Add(new KeyValuePair<string, object?>(name, value));
        return $"${name}";
    }
}
