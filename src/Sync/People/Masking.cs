using System.Text.Json.Nodes;
using Muster.Control.Api;
using Muster.Control.Tokens;

namespace Muster.Syncs.People;

/// <summary>Takes out of properties what a consumer may not see: addresses, names and Iterable user ids.</summary>
internal static class Masking
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "$email", "email", "$name", "name", "$first_name", "firstName", "first_name", "$last_name", "lastName", "last_name",
        "$iterable_user_id", "iterableUserId", "userId", "user_id",
    };

    /// <summary>The properties as the caller may see them.</summary>
    public static JsonNode? Of(string? json, Caller caller)
    {
        var node = json is null ? null : JsonNode.Parse(json);
        if (caller.Role == Role.Consumer)
        {
            Mask(node);
        }

        return node;
    }

    private static void Mask(JsonNode? node)
    {
        if (node is JsonObject properties)
        {
            foreach (var (name, value) in properties.ToList())
            {
                if (Names.Contains(name) || IsAddress(value))
                {
                    properties[name] = null;
                }
                else
                {
                    Mask(value);
                }
            }
        }
        else if (node is JsonArray items)
        {
            for (var i = 0; i < items.Count; i++)
            {
                if (IsAddress(items[i]))
                {
                    items[i] = null;
                }
                else
                {
                    Mask(items[i]);
                }
            }
        }
    }

    // Under whatever name it stands: a text with an @ in it may lead to a person.
    private static bool IsAddress(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) && text.Contains('@', StringComparison.Ordinal);
}
