using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Muster.Host.Import;

/// <summary>Reads records from lines of JSON.</summary>
/// <remarks>
/// A line is a record, a list of records, or a page of an answer of <c>/engage</c>, whose results are the records. A file
/// whose first line is no JSON by itself is read as one JSON value written over several lines.
/// </remarks>
internal static class JsonRecords
{
    /// <summary>The largest record, in bytes, as the server takes it.</summary>
    public const int MaxRecord = 1024 * 1024;

    // A page of a thousand profiles is far smaller.
    private const int MaxLine = 256 * 1024 * 1024;

    /// <summary>The records of a file, in its order; lines that are no JSON have a fault.</summary>
    public static async IAsyncEnumerable<SourceRecord> ReadAsync(Stream content, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(content, new StreamPipeReaderOptions(bufferSize: 64 * 1024));
        var number = 0L;
        var isFirst = true;
        while (await LineAsync(reader, cancellationToken) is { } line)
        {
            number++;
            line = number == 1 && line.AsSpan().StartsWith("\uFEFF"u8) ? line[3..] : line;
            if (line.AsSpan().Trim(" \t\r"u8).IsEmpty)
            {
                continue;
            }

            if (isFirst && line.AsSpan().TrimStart(" \t"u8)[0] is (byte)'{' or (byte)'[' && !IsJson(line))
            {
                var whole = await RestAsync(reader, line, cancellationToken);
                foreach (var record in IsJson(whole) ? Records(number, whole) : Lines(number, whole))
                {
                    yield return record;
                }

                yield break;
            }

            isFirst = false;
            foreach (var record in Records(number, line))
            {
                yield return record;
            }
        }
    }

    private static async Task<byte[]?> LineAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end).ToArray();
                reader.AdvanceTo(buffer.GetPosition(1, end));
                return line;
            }

            if (read.IsCompleted)
            {
                var last = buffer.ToArray();
                reader.AdvanceTo(buffer.End);
                return last.Length == 0 ? null : last;
            }

            if (buffer.Length > MaxLine)
            {
                throw new FailedException($"A line of the file is longer than {MaxLine / 1024 / 1024} MiB: it takes one record a line.");
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static async Task<byte[]> RestAsync(PipeReader reader, byte[] first, CancellationToken cancellationToken)
    {
        var whole = new ArrayBufferWriter<byte>(first.Length * 16);
        whole.Write(first);
        while (await LineAsync(reader, cancellationToken) is { } line)
        {
            whole.Write("\n"u8);
            whole.Write(line);
            if (whole.WrittenCount > MaxLine)
            {
                throw new FailedException($"The file's first line is no JSON by itself, and as one JSON value it is larger than {MaxLine / 1024 / 1024} MiB: it takes one record a line.");
            }
        }

        return whole.WrittenSpan.ToArray();
    }

    private static IEnumerable<SourceRecord> Lines(long firstLine, byte[] whole)
    {
        var number = firstLine;
        foreach (var range in Split(whole))
        {
            var line = whole[range];
            if (!line.AsSpan().Trim(" \t\r"u8).IsEmpty)
            {
                foreach (var record in Records(number, line))
                {
                    yield return record;
                }
            }

            number++;
        }
    }

    private static List<Range> Split(byte[] whole)
    {
        var ranges = new List<Range>();
        foreach (var range in whole.AsSpan().Split((byte)'\n'))
        {
            ranges.Add(range);
        }

        return ranges;
    }

    private static IEnumerable<SourceRecord> Records(long number, byte[] json)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            return [new SourceRecord(number, 0, json, $"is not valid JSON: {e.Message}")];
        }

        using (document)
        {
            var root = document.RootElement;
            var list = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("results", out var results) && !root.TryGetProperty("event", out _) ? results : root;
            return list.ValueKind == JsonValueKind.Array
                ? [.. list.EnumerateArray().Select((e, i) => Checked(new SourceRecord(number, i, JsonSerializer.SerializeToUtf8Bytes(e))))]
                : [Checked(new SourceRecord(number, 0, json))];
        }
    }

    private static SourceRecord Checked(SourceRecord record) => record.Bytes.Length < MaxRecord
        ? record
        : record with { Fault = "is larger than 1 MB, which is the most a record may have" };

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
