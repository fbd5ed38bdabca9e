using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muster.Web.Cohorts.Builder;

/// <summary>The values of <c>is</c> and <c>isNot</c> on one line: separated by commas, in quotes where they would read as something else.</summary>
internal static class ValueTexts
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The values that a line stands for.</summary>
    public static JsonArray Write(string line) => new([.. Split(line).Select(ToJson)]);

    /// <summary>The line that stands for values.</summary>
    public static string Read(JsonElement values) => string.Join(", ", values.EnumerateArray().Select(ToText));

    /// <summary>One value as it stands in a line.</summary>
    public static string ToText(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { } text && ToJson(text) is JsonValue same && IsText(same, text)
        && !text.Contains(',', StringComparison.Ordinal) && text.Trim() == text && text.Length > 0
            ? text
            : value.ValueKind == JsonValueKind.String ? JsonSerializer.Serialize(value.GetString(), Relaxed) : value.GetRawText();

    private static bool IsText(JsonValue value, string text) => value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() == text;

    private static JsonNode ToJson(string part) => part switch
    {
        "true" => true,
        "false" => false,
        ['"', ..] => Quoted(part),
        _ => decimal.TryParse(part, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? JsonValue.Create(number)
            : JsonValue.Create(part),
    };

    private static JsonValue Quoted(string part)
    {
        try
        {
            return JsonValue.Create(JsonSerializer.Deserialize<string>(part)!);
        }
        catch (JsonException)
        {
            // A quote that is not closed yet.
            return JsonValue.Create(part);
        }
    }

    private static IEnumerable<string> Split(string line)
    {
        var part = new StringBuilder();
        var (isQuoted, isEscaped) = (false, false);
        foreach (var c in line)
        {
            if (c == ',' && !isQuoted)
            {
                if (part.ToString().Trim() is { Length: > 0 } whole)
                {
                    yield return whole;
                }

                part.Clear();
                continue;
            }

            isQuoted ^= c == '"' && !isEscaped && (isQuoted || part.ToString().Trim().Length == 0);
            isEscaped = c == '\\' && isQuoted && !isEscaped;
            part.Append(c);
        }

        if (part.ToString().Trim() is { Length: > 0 } last)
        {
            yield return last;
        }
    }
}
