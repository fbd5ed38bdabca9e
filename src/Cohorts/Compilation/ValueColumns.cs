using System.Globalization;

namespace Muster.Cohorts.Compilation;

/// <summary>The property values that a scan needs, each read from the JSON once and then a column of its own.</summary>
internal sealed class ValueColumns(ValuePrinter values, string properties)
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly List<string> _columns = [];

    /// <summary>The columns as they follow others in a SELECT list.</summary>
    public string Select => string.Concat(_columns.Select(c => $",\n       {c}"));

    /// <summary>Whether no property was asked for.</summary>
    public bool IsEmpty => _columns.Count == 0;

    /// <summary>The column of a property.</summary>
    public string Of(string property)
    {
        if (!_names.TryGetValue(property, out var name))
        {
            name = string.Create(CultureInfo.InvariantCulture, $"v{_names.Count}");
            _names.Add(property, name);
            _columns.Add($"{values.Extract(properties, property)} AS {name}");
        }

        return name;
    }
}
