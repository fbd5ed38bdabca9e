using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Muster.Host.Import;

/// <summary>Events: <c>{"event", "properties"}</c> as Mixpanel's raw export has them, or flat, as rows of CSV are.</summary>
internal sealed class EventShape(int projectId) : IRecordShape
{
    private const string InsertId = "$insert_id";

    public string Path { get; } = string.Create(CultureInfo.InvariantCulture, $"/import?strict=1&project_id={projectId}");

    public int AtOnce => 4;

    public string Name => "events";

    public SourceRecord Shape(SourceRecord record)
    {
        using var document = JsonDocument.Parse(record.Bytes);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("event", out var name))
        {
            return record with { Fault = "is no event: it has no 'event'" };
        }

        var nested = root.TryGetProperty("properties", out var properties);
        if (nested && properties.ValueKind != JsonValueKind.Object)
        {
            return record with { Fault = "is no event: its 'properties' are no object" };
        }

        if (nested && HasText(properties, InsertId))
        {
            return record;
        }

        var buffer = new ArrayBufferWriter<byte>(record.Bytes.Length + 128);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WritePropertyName("event"u8);
        name.WriteTo(writer);
        writer.WriteStartObject("properties"u8);
        foreach (var property in (nested ? properties : root).EnumerateObject().Where(p => nested || p.Name != "event"))
        {
            Write(writer, property);
        }

        if (!HasText(nested ? properties : root, InsertId))
        {
            writer.WriteString(InsertId, IdOf(record));
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return record with { Bytes = buffer.WrittenMemory };
    }

    private static bool HasText(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString()!.Length > 0;

    private static void Write(Utf8JsonWriter writer, JsonProperty property)
    {
        if (property.Name == InsertId && property.Value.ValueKind is JsonValueKind.Null or JsonValueKind.String && property.Value.ToString().Length == 0)
        {
            return;
        }

        // Files made by hand have dates in them.
        if (property.Name == "time" && property.Value.ValueKind == JsonValueKind.String)
        {
            var text = property.Value.GetString()!;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            {
                writer.WriteNumber("time"u8, number);
                return;
            }

            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                writer.WriteNumber("time"u8, time.ToUnixTimeMilliseconds() / 1000m);
                return;
            }
        }

        property.WriteTo(writer);
    }

    // The same whenever this record of this file is sent, so that it is stored once; of equal records each has its own.
    private static string IdOf(SourceRecord record)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{record.Line}/{record.Index} ")));
        hash.AppendData(record.Bytes.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..36];
    }
}
