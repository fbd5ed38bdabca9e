using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Muster.Control.Api;
using Muster.Warehouse.Messages;

namespace Muster.Iterable.Webhooks;

/// <summary>One of Iterable's events: <c>{email?, userId?, eventName, dataFields}</c>.</summary>
internal static class WebhookEvent
{
    private const int LongestName = 255;
    private const int InsertIdLength = 36;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>As Iterable writes them; the first is what payloads have.</summary>
    private static readonly string[] TimeFormats =
        ["yyyy-MM-dd HH:mm:ss zzz", "yyyy-MM-dd HH:mm:ss.FFFFFFF zzz", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF"];

    /// <summary>Reads an event and adds it to <paramref name="events"/>, or what is wrong with it to <paramref name="faults"/>.</summary>
    public static void Read(
        JsonElement element, string path, WebhookGate.Known connection, DateTime receivedAt, List<NewMessage> events, List<Fault> faults)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            faults.Add(new Fault(path, "must be an event: an object with eventName and dataFields"));
            return;
        }

        if (Text(element, "eventName") is not { } name)
        {
            faults.Add(new Fault($"{path}/eventName", "must be a text that is not empty"));
            return;
        }

        var hasFields = element.TryGetProperty("dataFields", out var fields) && fields.ValueKind != JsonValueKind.Null;
        if (hasFields && fields.ValueKind != JsonValueKind.Object)
        {
            faults.Add(new Fault($"{path}/dataFields", "must be an object"));
            return;
        }

        var buffer = new ArrayBufferWriter<byte>(512);
        events.Add(new NewMessage
        {
            ProjectId = connection.ProjectId,
            ForwardOver = connection.ForwardOver,
            Name = Cut(name),
            UserId = Text(element, "userId") is { } userId ? Cut(userId) : null,
            Email = Text(element, "email") is { } email ? Cut(email.ToLowerInvariant()) : null,
            Time = hasFields ? ReadTime(fields) : null,
            InsertId = InsertId(element, buffer),
            Properties = Properties(hasFields ? fields : null),
            ReceivedAt = receivedAt,
        });
    }

    // Ids may be numbers in hand-made payloads; blanks are none.
    private static string? Text(JsonElement element, string key)
    {
        if (!element.TryGetProperty(key, out var value))
        {
            return null;
        }

        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!.Trim(),
            JsonValueKind.Number when key == "userId" => value.GetRawText(),
            _ => "",
        };
        return text.Length == 0 ? null : text;
    }

    private static string Cut(string text) =>
        text.Length <= LongestName ? text : text[..(char.IsHighSurrogate(text[LongestName - 1]) ? LongestName - 1 : LongestName)];

    private static DateTime? ReadTime(JsonElement fields)
    {
        if (!fields.TryGetProperty("createdAt", out var value) || value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        var text = value.GetString()!.Trim();
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTime.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, Utc, out var time)
            || (text.Contains('T', StringComparison.Ordinal) && DateTime.TryParse(text, CultureInfo.InvariantCulture, Utc, out time))
            ? time
            : null;
    }

    private static byte[] Properties(JsonElement? fields)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(buffer, Relaxed);
        writer.WriteStartObject();
        writer.WriteString("$source", NewMessage.Source);
        if (fields is { } given)
        {
            // Of fields with one name the last one counts.
            var last = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (var field in given.EnumerateObject())
            {
                last[PropertyName(field.Name)] = field.Value;
            }

            foreach (var (name, value) in last)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    // These names mean something of the event itself; a field of such a name must not take its place.
    private static string PropertyName(string name) =>
        name is "$source" or "token" or "time" or "$time" or "distinct_id" or "$distinct_id" or "$insert_id" or "$event_name" ? $"iterable_{name}" : name;

    /// <summary>A hash of the whole content, in an order of its own: Iterable may deliver an event again, and not every event has an id.</summary>
    private static string InsertId(JsonElement element, ArrayBufferWriter<byte> buffer)
    {
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            WriteInOrder(writer, element);
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
        return string.Concat(NewMessage.InsertIdPrefix, hash.AsSpan(0, InsertIdLength - NewMessage.InsertIdPrefix.Length));
    }

    private static void WriteInOrder(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in element.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(property.Name);
                    WriteInOrder(writer, property.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    WriteInOrder(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
