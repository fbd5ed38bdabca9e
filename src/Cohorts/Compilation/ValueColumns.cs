using System.Globalization;
using Muster.Cohorts.Promotion;

namespace Muster.Cohorts.Compilation;

/// <summary>The property values that a scan needs, each read from the JSON once and then a column of its own.</summary>
/// <param name="values">How a value is read.</param>
/// <param name="row">The alias of the rows.</param>
/// <param name="promoted">The column of a promoted property; null: it has none.</param>
internal sealed class ValueColumns(ValuePrinter values, string row, Func<string, PromotedProperty?> promoted)
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly List<string> _columns = [];
    private readonly List<string> _filled = [];

    /// <summary>The columns as they follow others in a SELECT list.</summary>
    public string Select => List(_columns);

    /// <summary>The same of rows whose columns of promoted properties are filled.</summary>
    public string SelectFilled => List(_filled);

    /// <summary>Their names alone.</summary>
    public string Names => string.Concat(_names.Values.Select(n => $", {n}"));

    /// <summary>Up to which promotion a row must be filled for <see cref="SelectFilled"/>; 0: no property is promoted.</summary>
    public int Through { get; private set; }

    /// <summary>Whether no property was asked for.</summary>
    public bool IsEmpty => _columns.Count == 0;

    /// <summary>The column of a property.</summary>
    public string Of(string property)
    {
        if (!_names.TryGetValue(property, out var name))
        {
            name = string.Create(CultureInfo.InvariantCulture, $"v{_names.Count}");
            _names.Add(property, name);
            var fromJson = $"{values.Extract($"{row}.properties", property)} AS {name}";
            _columns.Add(fromJson);
            if (promoted(property) is { } column)
            {
                _filled.Add($"nullif({row}.{column.Column}, '') AS {name}");
                Through = Math.Max(Through, column.Number);
            }
            else
            {
                _filled.Add(fromJson);
            }
        }

        return name;
    }

    private static string List(List<string> columns) => string.Concat(columns.Select(c => $",\n       {c}"));
}
