using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Muster.Host.Import;

/// <summary>
/// Profiles: results of <c>/engage</c> (<c>{"$distinct_id", "$properties"}</c>), updates with operations, or flat, as rows
/// of CSV are.
/// </summary>
/// <param name="projectToken">The token that each update carries.</param>
/// <param name="zone">The project's time zone, in which <c>$last_seen</c> is exported; it is stored in UTC.</param>
internal sealed class ProfileShape(string projectToken, TimeZoneInfo zone) : IRecordShape
{
    private const string DistinctId = "$distinct_id";
    private const string LastSeen = "$last_seen";
    private const string Moment = "yyyy-MM-dd'T'HH:mm:ss";

    private static readonly string[] Operations = ["$set", "$set_once", "$add", "$append", "$union", "$remove", "$unset", "$delete"];

    public string Path => "/engage?strict=1&ip=0";

    // Updates of one person apply in the order of the file.
    public int AtOnce => 1;

    public string Name => "profiles";

    public SourceRecord Shape(SourceRecord record)
    {
        using var document = JsonDocument.Parse(record.Bytes);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || Id(root) is not { } id)
        {
            return record with { Fault = "is no profile: it has no '$distinct_id' (or 'distinct_id')" };
        }

        var buffer = new ArrayBufferWriter<byte>(record.Bytes.Length + 128);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("$token"u8, projectToken);
        writer.WriteString(DistinctId, id);
        if (Operations.Any(o => root.TryGetProperty(o, out _)))
        {
            foreach (var member in root.EnumerateObject().Where(m => m.Name is not ("$token" or DistinctId or "distinct_id")))
            {
                member.WriteTo(writer);
            }
        }
        else
        {
            // What is moved in was not seen just now.
            writer.WriteBoolean("$ignore_time"u8, true);
            WriteSet(writer, root);
        }

        writer.WriteEndObject();
        writer.Flush();
        return record with { Bytes = buffer.WrittenMemory };
    }

    private static string? Id(JsonElement root) =>
        (root.TryGetProperty(DistinctId, out var id) || root.TryGetProperty("distinct_id", out id)) && id.ValueKind is JsonValueKind.String or JsonValueKind.Number && id.ToString().Length > 0
            ? id.ToString()
            : null;

    private void WriteSet(Utf8JsonWriter writer, JsonElement root)
    {
        var nested = root.TryGetProperty("$properties", out var properties) && properties.ValueKind == JsonValueKind.Object;
        writer.WriteStartObject("$set"u8);
        foreach (var property in (nested ? properties : root).EnumerateObject().Where(p => nested || p.Name is not (DistinctId or "distinct_id" or "$token")))
        {
            if (property.Name == LastSeen && property.Value.ValueKind == JsonValueKind.String && Utc(property.Value.GetString()!) is { } seen)
            {
                writer.WriteString(LastSeen, seen.ToString(Moment, CultureInfo.InvariantCulture));
            }
            else
            {
                property.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }

    private DateTime? Utc(string text) =>
        DateTime.TryParseExact(text, Moment, CultureInfo.InvariantCulture, DateTimeStyles.None, out var wall) && !zone.IsInvalidTime(wall)
            ? TimeZoneInfo.ConvertTimeToUtc(wall, zone)
            : null;
}
