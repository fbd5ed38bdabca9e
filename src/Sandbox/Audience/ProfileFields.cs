using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muster.Sandbox.Audience;

/// <summary>Profile fields: one type a field over the whole project, and how new values join old ones.</summary>
internal sealed class ProfileFields(AudienceStore store)
{
    /// <summary>Whether every value has the type its field has already; a malformed one fails the whole user.</summary>
    public bool Fit(JsonElement? dataFields)
    {
        if (dataFields is not { } fields || fields.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        return fields.ValueKind == JsonValueKind.Object && fields.EnumerateObject().All(field => Fits(field.Name, field.Value));
    }

    /// <summary>Sets the fields; what is left out keeps its value.</summary>
    /// <param name="user">Whose profile.</param>
    /// <param name="dataFields">Fields that <see cref="Fit"/>.</param>
    /// <param name="mergeNested">Merge objects with the ones there rather than replacing them.</param>
    /// <param name="createNew">Take up fields the project does not know yet.</param>
    /// <param name="outcome">Where created and dropped fields are named.</param>
    public void Set(User user, JsonElement? dataFields, bool mergeNested, bool createNew, BulkOutcome outcome)
    {
        if (dataFields is not { ValueKind: JsonValueKind.Object } fields)
        {
            return;
        }

        foreach (var field in fields.EnumerateObject())
        {
            if (!store.FieldTypes.ContainsKey(field.Name))
            {
                if (!createNew)
                {
                    outcome.FilteredOutFields.Add(field.Name);
                    continue;
                }

                store.LearnField(field.Name, TypeOf(field.Value) ?? "string");
                outcome.CreatedFields.Add(field.Name);
            }

            user.Fields ??= [];
            var value = Node(field.Value);
            if (mergeNested && value is JsonObject added && user.Fields[field.Name] is JsonObject present)
            {
                foreach (var (name, nested) in added)
                {
                    present[name] = nested?.DeepClone();
                }
            }
            else
            {
                user.Fields[field.Name] = value;
            }
        }

        store.Save(user);
    }

    private bool Fits(string name, JsonElement value) =>
        TypeOf(value) is not { } type
        || !store.FieldTypes.TryGetValue(name, out var known)
        || type == known
        || (known, type) == ("double", "long");

    private static JsonNode? Node(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(value.Clone()),
        JsonValueKind.Array => JsonArray.Create(value.Clone()),
        _ => JsonValue.Create(value.Clone()),
    };

    // An array has the type of what is in it; null and an empty array have none.
    private static string? TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "long" : "double",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => value.GetArrayLength() == 0 ? null : TypeOf(value[0]),
        _ => null,
    };
}
