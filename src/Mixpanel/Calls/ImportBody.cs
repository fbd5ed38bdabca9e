using System.Buffers;
using System.Collections.Frozen;
using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Muster.Warehouse.Forwarding;

namespace Muster.Mixpanel.Calls;

/// <summary>Events as /import takes them: a JSON array, gzip, within the limits of one call.</summary>
internal static class ImportBody
{
    /// <summary>Events in a call.</summary>
    public const int MostEvents = 2000;

    // Mixpanel documents 10 MB and says 2 MB in an answer of its own: below the smaller one nothing can happen.
    private const int MostBytes = 1_900_000;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    // Texts that Mixpanel refuses as an id, in any case: such an event is of nobody there.
    private static readonly FrozenSet<string> RefusedIds = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "00000000-0000-0000-0000-000000000000", "anon", "anonymous", "nil", "none", "null", "n/a", "na", "undefined", "unknown", "<nil>",
        "0", "-1", "true", "false", "[]", "{}");

    // In Mixpanel these would decide whose the event is, or drop it.
    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(StringComparer.Ordinal, "$user_id", "$device_id", "$ignore");

    /// <summary>Puts as many of the first events into a body as one call may have, at least one; gives how many.</summary>
    public static (byte[] Body, int Count) Of(IReadOnlyList<QueuedEvent> events, int from)
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        using var writer = new Utf8JsonWriter(buffer, Options);
        writer.WriteStartArray();
        var count = 0;
        while (from + count < events.Count && (count == 0 || (count < MostEvents && HasRoomFor(events[from + count], writer))))
        {
            Write(writer, events[from + count]);
            count++;
        }

        writer.WriteEndArray();
        writer.Flush();
        return (Pack(buffer.WrittenSpan), count);
    }

    private static bool HasRoomFor(QueuedEvent next, Utf8JsonWriter writer) =>
        writer.BytesCommitted + writer.BytesPending + Encoding.UTF8.GetByteCount(next.Properties) < MostBytes;

    private static void Write(Utf8JsonWriter writer, QueuedEvent item)
    {
        writer.WriteStartObject();
        writer.WriteString("event"u8, item.Name);
        writer.WriteStartObject("properties"u8);
        writer.WriteNumber("time"u8, new DateTimeOffset(item.Time).ToUnixTimeMilliseconds());
        writer.WriteString("distinct_id"u8, RefusedIds.Contains(item.DistinctId) ? "" : item.DistinctId);
        writer.WriteString("$insert_id"u8, item.InsertId);
        var properties = Encoding.UTF8.GetBytes(item.Properties);
        var reader = new Utf8JsonReader(properties);
        reader.Read();
        var hasAddress = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            hasAddress |= name == "ip";
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            writer.WritePropertyName(Reserved.Contains(name) ? $"iterable_{name}" : name);
            writer.WriteRawValue(properties.AsSpan(start..(int)reader.BytesConsumed), skipInputValidation: true);
        }

        if (!hasAddress)
        {
            // Else Mixpanel would take this machine's address and say that everyone lives where it stands.
            writer.WriteString("ip"u8, "0"u8);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static byte[] Pack(ReadOnlySpan<byte> body)
    {
        using var packed = new MemoryStream(body.Length / 4);
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(body);
        }

        return packed.ToArray();
    }
}
