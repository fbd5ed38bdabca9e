using System.Text.Json;

namespace Muster.Iterable.Wire;

internal static class JsonText
{
    /// <summary>The text of a string; it may hold half a surrogate pair, which JSON allows and no text can.</summary>
    /// <exception cref="UnreadableAnswerException">It does.</exception>
    public static string Read(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new UnreadableAnswerException("holds a text that is not Unicode");
        }
    }

    /// <summary>The text under a name; null when there is none.</summary>
    public static string? Read(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? Read(value) : null;
}
