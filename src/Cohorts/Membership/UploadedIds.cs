using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Muster.Cohorts.Membership;

/// <summary>Reads the ids of an upload: the first column of CSV, or one id a line.</summary>
internal static class UploadedIds
{
    private const string Header = "distinct_id";

    // Bytes that are no UTF-8 are refused: replaced, they would make ids that nobody has.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The ids in the order they come; empty lines and a first line <c>distinct_id</c> are left out.</summary>
    /// <exception cref="DecoderFallbackException">The body is not UTF-8.</exception>
    public static async IAsyncEnumerable<string> ReadAsync(Stream body, bool csv, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var text = new StreamReader(body, Utf8);
        var first = true;
        await foreach (var id in csv ? ColumnAsync(text) : LinesAsync(text, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (id.Length > 0 && !(first && id == Header))
            {
                yield return id;
            }

            first = false;
        }
    }

    private static async IAsyncEnumerable<string> ColumnAsync(StreamReader text)
    {
        using var rows = new CsvParser(text, new CsvConfiguration(CultureInfo.InvariantCulture) { BadDataFound = null, DetectColumnCountChanges = false });
        while (await rows.ReadAsync())
        {
            yield return rows[0];
        }
    }

    private static async IAsyncEnumerable<string> LinesAsync(StreamReader text, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await text.ReadLineAsync(cancellationToken) is { } line)
        {
            // Ids typed or pasted one a line often carry a blank at their end; CSV is taken as it is.
            yield return line.Trim();
        }
    }
}
