using System.Globalization;

namespace Muster.Query.Expressions;

/// <summary>The properties that a statement needs, each read from its JSON once and then a column of its own.</summary>
internal sealed class PropertyColumns(SqlParameters parameters)
{
    private readonly Dictionary<(string Json, string Name), string> _names = [];
    private readonly List<string> _columns = [];

    /// <summary>The columns as they follow others in a SELECT list.</summary>
    public string Select => string.Concat(_columns.Select(c => $",\n         {c}"));

    /// <summary>The column of a property in an object of properties.</summary>
    public Printed Of(string json, string property)
    {
        if (!_names.TryGetValue((json, property), out var name))
        {
            name = string.Create(CultureInfo.InvariantCulture, $"v{_names.Count}");
            _names.Add((json, property), name);
            // A JSON pointer, because a path fails on names that begin with a dollar.
            var pointer = "/" + property.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
            _columns.Add($"nullif(CAST(json_extract({json}, {parameters.Add(pointer)}) AS VARCHAR), 'null') AS {name}");
        }

        return new Printed(SqlType.Json, name);
    }
}
