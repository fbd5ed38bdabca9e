using System.Text.Json;

namespace Muster.Host.Output;

/// <summary>A column of a table.</summary>
/// <param name="Title">Its head.</param>
/// <param name="Path">Where its value is in an item, as <c>lastRun.status</c>.</param>
internal sealed record Column(string Title, string Path)
{
    /// <summary>The value of an item; undefined when it has none.</summary>
    public JsonElement Of(JsonElement item)
    {
        foreach (var key in Path.Split('.'))
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty(key, out item))
            {
                return default;
            }
        }

        return item;
    }
}
