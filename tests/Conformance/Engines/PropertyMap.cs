using System.Globalization;
using System.Text;
using System.Text.Json;
using Muster.Cohorts.Compilation;

namespace Muster.Tests.Conformance.Engines;

/// <summary>How a JSON object of properties is written into ClickHouse's map.</summary>
/// <remarks>
/// Every value is there under its JSON pointer, and what is inside of objects under pointers of its own as well, at any
/// depth; lists are one value. A value is its JSON text in one spelling: without blanks, escaping only what JSON demands,
/// numbers as they are. In lists, which the engine's reader of JSON reads, a number that it would refuse is written as the
/// nearest double, or as null when there is none: with it the reader would refuse the whole list.
/// </remarks>
internal static class PropertyMap
{
    public static Dictionary<string, string> Of(string properties)
    {
        using var json = JsonDocument.Parse(properties);
        var map = new Dictionary<string, string>();
        AddMembers(map, "", json.RootElement);
        return map;
    }

    private static void AddMembers(Dictionary<string, string> map, string pointer, JsonElement owner)
    {
        foreach (var member in owner.EnumerateObject())
        {
            var at = pointer + JsonPointer.Of([member.Name]);
            map[at] = Text(member.Value, inList: false);
            if (member.Value.ValueKind == JsonValueKind.Object)
            {
                AddMembers(map, at, member.Value);
            }
        }
    }

    private static string Text(JsonElement value, bool inList) => value.ValueKind switch
    {
        JsonValueKind.String => Quoted(value.GetString()!),
        JsonValueKind.Array => $"[{string.Join(",", value.EnumerateArray().Select(e => Text(e, inList: true)))}]",
        JsonValueKind.Object => $"{{{string.Join(",", value.EnumerateObject().Select(m => $"{Quoted(m.Name)}:{Text(m.Value, inList)}"))}}}",
        JsonValueKind.Number when inList => ListedNumber(value),
        _ => value.GetRawText(),
    };

    private static string ListedNumber(JsonElement number)
    {
        var text = number.GetRawText();
        if (!text.AsSpan().ContainsAny('.', 'e', 'E') && !number.TryGetInt64(out _) && !number.TryGetUInt64(out _))
        {
            text = number.GetDouble().ToString("E16", CultureInfo.InvariantCulture);
        }

        return double.IsFinite(number.GetDouble()) ? text : "null";
    }

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                < ' ' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
