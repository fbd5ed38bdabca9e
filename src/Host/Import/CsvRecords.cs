using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsvHelper;
using CsvHelper.Configuration;

namespace Muster.Host.Import;

/// <summary>Reads records from CSV with a header. A row becomes an object of its columns; empty cells are left out.</summary>
internal static class CsvRecords
{
    /// <summary>Columns that are ids or times, and stay as they are written.</summary>
    private static readonly HashSet<string> Verbatim = new(StringComparer.Ordinal) { "distinct_id", "$distinct_id", "$insert_id", "$user_id", "$device_id", "event" };

    /// <summary>The rows of a file, in its order.</summary>
    public static async IAsyncEnumerable<SourceRecord> ReadAsync(Stream content, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var text = new StreamReader(content, new UTF8Encoding(false));
        using var csv = new CsvParser(text, new CsvConfiguration(CultureInfo.InvariantCulture) { BadDataFound = null });
        if (!await csv.ReadAsync())
        {
            yield break;
        }

        var header = csv.Record!;
        while (await csv.ReadAsync())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var row = csv.Record!;
            if (row.Length > header.Length)
            {
                var raw = Encoding.UTF8.GetBytes(csv.RawRecord.TrimEnd('\r', '\n'));
                yield return new SourceRecord(csv.RawRow, 0, raw, $"has {row.Length} columns, the header has {header.Length}");
                continue;
            }

            var record = new JsonObject();
            for (var i = 0; i < row.Length; i++)
            {
                if (row[i].Length > 0)
                {
                    record[header[i]] = Verbatim.Contains(header[i]) ? row[i] : Value(row[i]);
                }
            }

            yield return new SourceRecord(csv.RawRow, 0, JsonSerializer.SerializeToUtf8Bytes(record));
        }
    }

    // Numbers, true and false, lists and objects as JSON writes them are those; a number with a leading zero or plus is a text.
    private static JsonNode? Value(string cell)
    {
        if (cell is "true" or "false" || char.IsAsciiDigit(cell[0]) || cell[0] is '-' or '[' or '{')
        {
            try
            {
                return JsonNode.Parse(cell);
            }
            catch (JsonException)
            {
                // It only looked like it.
            }
        }

        return cell;
    }
}
