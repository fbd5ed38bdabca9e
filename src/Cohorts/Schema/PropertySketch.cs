using System.Text.Json;

namespace Muster.Cohorts.Schema;

/// <summary>What the values of one property look like: how often which type, and the values that come often.</summary>
/// <remarks>It remembers the first few hundred different values only; a property with more has no top values worth a suggestion.</remarks>
internal sealed class PropertySketch
{
    private const int MostValues = 300;
    private const int MostShown = 20;
    private const int LongestValue = 200;

    private readonly Dictionary<string, long> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _values = new(StringComparer.Ordinal);
    private long _seen;
    private long _known;

    /// <summary>How many values were seen.</summary>
    public long Seen => _seen;

    /// <summary>The types, the most frequent first: <c>text</c>, <c>number</c>, <c>boolean</c>, <c>date</c>, <c>list</c>, <c>object</c>.</summary>
    public IReadOnlyList<string> Types => [.. _types.OrderByDescending(t => t.Value).ThenBy(t => t.Key, StringComparer.Ordinal).Select(t => t.Key)];

    /// <summary>The most frequent values, as JSON; none when nearly every value is another.</summary>
    public IReadOnlyList<ValueCount> TopValues() => _known * 2 < _seen
        ? []
        : [.. _values.OrderByDescending(v => v.Value).ThenBy(v => v.Key, StringComparer.Ordinal).Take(MostShown)
            .Where(v => v.Value > 1 || _values.Count <= MostShown).Select(v => new ValueCount(Json(v.Key), v.Value))];

    /// <summary>Takes a value in; null counts as missing.</summary>
    public void Add(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        _seen++;
        var type = Type(value);
        _types[type] = _types.GetValueOrDefault(type) + 1;
        // Of a list the elements are what a test compares with.
        var values = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Where(e => e.ValueKind is not JsonValueKind.Null) : [value];
        var known = true;
        foreach (var one in values)
        {
            known &= Count(one);
        }

        _known += known ? 1 : 0;
    }

    private bool Count(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
        {
            return false;
        }

        var text = value.GetRawText();
        if (text.Length > LongestValue)
        {
            return false;
        }

        if (_values.TryGetValue(text, out var count))
        {
            _values[text] = count + 1;
            return true;
        }

        return _values.Count < MostValues && _values.TryAdd(text, 1);
    }

    private static string Type(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Array => "list",
        JsonValueKind.Object => "object",
        _ => IsDate(value.GetString()!) ? "date" : "text",
    };

    // Enough for a suggestion: what a date test takes is stricter.
    private static bool IsDate(string text) =>
        text.Length >= 10 && text[4] == '-' && text[7] == '-' && text.AsSpan(0, 4).IndexOfAnyExceptInRange('0', '9') < 0
        && DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out _);

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}

/// <summary>A value and in how many of the sampled events or profiles it was.</summary>
internal sealed record ValueCount(JsonElement Value, long Count);
