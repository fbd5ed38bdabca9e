using System.Globalization;
using System.Text.Json;

namespace Muster.Control.Api;

/// <summary>Finds the texts in JSON that stand for no text: half of a surrogate pair, or bytes that are not UTF-8. JSON's grammar lets both pass.</summary>
internal static class BrokenTexts
{
    public const string KeyMessage = "has a key that is not valid Unicode: half of a surrogate pair (\\ud800 to \\udfff), or bytes that are not UTF-8";

    private const string ValueMessage = "is not valid Unicode: it has half of a surrogate pair (\\ud800 to \\udfff), or bytes that are not UTF-8";

    /// <summary>A fault for each of them; for a broken key, at the object that has it.</summary>
    public static IReadOnlyList<Fault> In(JsonElement json)
    {
        var faults = new List<Fault>();
        Find(json, "", faults);
        return faults;
    }

    private static void Find(JsonElement json, string path, List<Fault> faults)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String when !IsText(() => json.GetString()):
                faults.Add(new Fault(path, ValueMessage));
                break;
            case JsonValueKind.Array:
                foreach (var (i, element) in json.EnumerateArray().Index())
                {
                    Find(element, string.Create(CultureInfo.InvariantCulture, $"{path}/{i}"), faults);
                }

                break;
            case JsonValueKind.Object:
                foreach (var property in json.EnumerateObject())
                {
                    if (IsText(() => property.Name))
                    {
                        Find(property.Value, $"{path}/{RequestBody.Escape(property.Name)}", faults);
                    }
                    else
                    {
                        faults.Add(new Fault(path, KeyMessage));
                    }
                }

                break;
        }
    }

    // There is no question to ask first: the reader only throws.
    private static bool IsText(Func<string?> read)
    {
        try
        {
            read();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
