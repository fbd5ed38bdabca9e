using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Muster.Query.Export;

/// <summary>Writes an event as a line of an export.</summary>
internal static class EventLine
{
    private const string ProcessingTime = "mp_processing_time_ms";

    /// <summary>Writes it, with its end of line.</summary>
    /// <param name="lines">Where the line goes.</param>
    /// <param name="writer">A writer on the same; it is left as it was.</param>
    /// <param name="item">The event.</param>
    /// <param name="inMilliseconds">Whether the time is in milliseconds instead of seconds.</param>
    public static void Write(IBufferWriter<byte> lines, Utf8JsonWriter writer, in ExportedEvent item, bool inMilliseconds)
    {
        writer.WriteStartObject();
        writer.WriteString("event"u8, item.Name);
        writer.WriteStartObject("properties"u8);
        writer.WriteNumber("time"u8, inMilliseconds ? item.Time : (long)Math.Floor(item.Time / 1000d));
        writer.WriteString("distinct_id"u8, item.DistinctId);
        writer.WriteString("$insert_id"u8, item.InsertId);

        // An event that was exported elsewhere has brought its own.
        if (!item.Properties.Contains(ProcessingTime, StringComparison.Ordinal))
        {
            writer.WriteNumber(ProcessingTime, item.ReceivedAt);
        }

        writer.Flush();

        // The stored properties are a whole object: what is between its braces goes on here.
        var rest = item.Properties.AsSpan().Trim()[1..^1].Trim();
        if (!rest.IsEmpty)
        {
            lines.Write(","u8);
            Encoding.UTF8.GetBytes(rest, lines);
        }

        writer.Reset();
        lines.Write("}}\n"u8);
    }
}
