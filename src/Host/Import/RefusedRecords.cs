using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Muster.Host.Import;

/// <summary>The list of records that were refused: each with its line, the reason, and itself, so that nothing is lost.</summary>
internal sealed class RefusedRecords : IDisposable
{
    private const int Shown = 20;

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _path;
    private FileStream? _file;
    private int _shown;

    /// <summary>Opens it where an earlier run has left it.</summary>
    /// <param name="path">The file; made when there is something to write.</param>
    /// <param name="bytes">How much of it counts: what is behind was not yet dealt with.</param>
    public RefusedRecords(string path, long bytes)
    {
        _path = path;
        if (bytes > 0)
        {
            Open();
            _file!.SetLength(bytes);
            _file.Position = bytes;
        }
        else
        {
            File.Delete(path);
        }
    }

    /// <summary>Where it is.</summary>
    public string Path => _path;

    /// <summary>Its bytes, all of them on disk.</summary>
    public long Bytes => _file?.Position ?? 0;

    /// <summary>Adds records, and shows the first of them on standard error.</summary>
    public async Task AddAsync(IReadOnlyList<SourceRecord> records, CancellationToken cancellationToken)
    {
        if (records.Count == 0)
        {
            return;
        }

        Open();
        foreach (var record in records)
        {
            if (_shown < Shown)
            {
                await Console.Error.WriteLineAsync($"{Place(record)}: {record.Fault}");
            }
            else if (_shown == Shown)
            {
                await Console.Error.WriteLineAsync($"… more of them are in {_path}");
            }

            _shown++;
            await _file!.WriteAsync(Line(record), cancellationToken);
        }

        _file!.Flush(flushToDisk: true);
    }

    /// <inheritdoc />
    public void Dispose() => _file?.Dispose();

    private static string Place(SourceRecord record) => record.Index == 0
        ? string.Create(CultureInfo.InvariantCulture, $"line {record.Line}")
        : string.Create(CultureInfo.InvariantCulture, $"line {record.Line}, record {record.Index + 1}");

    private static ReadOnlyMemory<byte> Line(SourceRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>(record.Bytes.Length + 256);
        using (var writer = new Utf8JsonWriter(buffer, Readable))
        {
            writer.WriteStartObject();
            writer.WriteNumber("line"u8, record.Line);
            writer.WriteNumber("record"u8, record.Index + 1);
            writer.WriteString("message"u8, record.Fault);
            WriteRecord(writer, record.Bytes.Span);
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    private static void WriteRecord(Utf8JsonWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.WritePropertyName("record_sent"u8);
        try
        {
            writer.WriteRawValue(bytes);
        }
        catch (JsonException)
        {
            writer.WriteStringValue(Encoding.UTF8.GetString(bytes));
        }
    }

    private void Open()
    {
        try
        {
            _file ??= new FileStream(_path, FileMode.OpenOrCreate, FileAccess.Write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FailedException($"'{_path}', the list of refused records, cannot be written: {e.Message} Name a place for it with --refused.", e);
        }
    }
}
