using System.Buffers;
using System.Collections.Frozen;
using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Muster.Warehouse.Forwarding;

namespace Muster.Mixpanel.Calls;

/// <summary>Events as /import takes them: a JSON array, gzip, within the limits of one call.</summary>
internal sealed class ImportBody
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

    private readonly ArrayBufferWriter<byte> _buffer = new(64 * 1024);
    private readonly Utf8JsonWriter _writer;
    private int _count;

    private ImportBody()
    {
        _writer = new Utf8JsonWriter(_buffer, Options);
        _writer.WriteStartArray();
    }

    /// <summary>Puts as many of the first events into a body as one call may have, at least one; gives how many.</summary>
    public static (byte[] Body, int Count) Of(IReadOnlyList<QueuedEvent> events, int from)
    {
        var body = new ImportBody();
        for (var i = from; i < events.Count && body.HasRoomFor(events[i]); i++)
        {
            body.Write(events[i]);
        }

        return (body.Pack(), body._count);
    }

    private bool HasRoomFor(QueuedEvent next) =>
        _count == 0 || (_count < MostEvents && _writer.BytesCommitted + _writer.BytesPending + Encoding.UTF8.GetByteCount(next.Properties) < MostBytes);

    private void Write(QueuedEvent item)
    {
        _count++;
        _writer.WriteStartObject();
        _writer.WriteString("event"u8, item.Name);
        _writer.WriteStartObject("properties"u8);
        _writer.WriteNumber("time"u8, new DateTimeOffset(item.Time).ToUnixTimeMilliseconds());
        _writer.WriteString("distinct_id"u8, RefusedIds.Contains(item.DistinctId) ? "" : item.DistinctId);
        _writer.WriteString("$insert_id"u8, item.InsertId);
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
            _writer.WritePropertyName(Reserved.Contains(name) ? $"iterable_{name}" : name);
            _writer.WriteRawValue(properties.AsSpan(start..(int)reader.BytesConsumed), skipInputValidation: true);
        }

        if (!hasAddress)
        {
            // Else Mixpanel would take this machine's address and say that everyone lives where it stands.
            _writer.WriteString("ip"u8, "0"u8);
        }

        _writer.WriteEndObject();
        _writer.WriteEndObject();
    }

    private byte[] Pack()
    {
        _writer.WriteEndArray();
        _writer.Flush();
        using var packed = new MemoryStream(_buffer.WrittenCount / 4);
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(_buffer.WrittenSpan);
        }

        return packed.ToArray();
    }
}
