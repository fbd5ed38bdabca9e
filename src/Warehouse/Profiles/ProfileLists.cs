using System.Text;
using System.Text.Json;

namespace Muster.Warehouse.Profiles;

/// <summary>Changes to lists that are JSON texts. Values are the same when they mean the same: 1 and 1.0, "\u0061" and "a".</summary>
internal static class ProfileLists
{
    /// <summary>The most bytes that a list may have; what would make it longer is left out.</summary>
    public const int MostBytes = 256 * 1024;

    /// <summary>The list with a value at its end.</summary>
    public static string Append(string list, string value)
    {
        var members = list.AsSpan(0, list.Length - 1).TrimEnd();
        var longer = members.Length == 1 ? $"[{value}]" : $"{members},{value}]";
        return longer.Length > MostBytes / 3 && Encoding.UTF8.GetByteCount(longer) > MostBytes ? list : longer;
    }

    /// <summary>The list with those values at its end that it has not got.</summary>
    public static string Union(string list, IReadOnlyList<string> values)
    {
        var known = Members(list);
        foreach (var value in values)
        {
            var element = Parse(value);
            if (!known.Exists(k => JsonElement.DeepEquals(k, element)))
            {
                known.Add(element);
                list = Append(list, value);
            }
        }

        return list;
    }

    /// <summary>The list without a value, wherever it is in it.</summary>
    public static string Remove(string list, string value)
    {
        var element = Parse(value);
        var members = Members(list);
        return members.RemoveAll(m => JsonElement.DeepEquals(m, element)) == 0
            ? list
            : $"[{string.Join(',', members.Select(m => m.GetRawText()))}]";
    }

    private static List<JsonElement> Members(string list) => [.. Parse(list).EnumerateArray()];

    private static JsonElement Parse(string json) => JsonElement.Parse(json);
}
