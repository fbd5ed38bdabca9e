using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Muster.Ingestion.Bodies;

namespace Muster.Ingestion.Decoding;

/// <summary>Makes something of one record.</summary>
internal interface IRecordDecoder<out T>
{
    /// <summary>Reads a record, from its first token, where the reader is, to its last, where it leaves the reader.</summary>
    /// <param name="reader">The reader; its whole input is <paramref name="source"/>.</param>
    /// <param name="source">The record's text. The body has room for as many bytes to be kept.</param>
    /// <param name="sourceIsUtf8">Whether all of it is valid UTF-8; otherwise its own texts may not be.</param>
    /// <exception cref="JsonException">It is not JSON.</exception>
    T Decode(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, bool sourceIsUtf8);

    /// <summary>Stands for a record that is not JSON.</summary>
    T Unreadable(string message);
}

/// <summary>Takes a body apart into records, each decoded as soon as all of it is there.</summary>
internal static class RecordReader
{
    // Deeper records are refused by their decoder; deeper than this a body is no set of records.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1000 };

    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    private static Refusal TooMany => new(StatusCodes.Status413PayloadTooLarge, $"request exceeds max limit of {Limits.Records} records");

    private static Refusal NoRecords => new(StatusCodes.Status400BadRequest, "the body must be a JSON array of records, or one record");

    /// <summary>Decodes every record of a body; either they or the reason why not are there.</summary>
    public static async ValueTask<(List<T>? Records, Refusal? Refusal)> ReadAsync<T>(Body body, IRecordDecoder<T> decoder, CancellationToken cancellationToken)
    {
        var records = new List<T>();
        RecordFinder finder = body.Format == BodyFormat.NdJson ? new LineFinder() : new ArrayFinder();
        var begun = false;
        while (true)
        {
            if (begun || body.Ended || body.Length >= ByteOrderMark.Length)
            {
                if (!begun && body.Bytes.StartsWith(ByteOrderMark))
                {
                    body.Consume(ByteOrderMark.Length);
                }

                begun = true;
                if (Take(body, finder, decoder, records, out var refusal))
                {
                    return refusal is null ? (records, null) : (null, refusal);
                }
            }

            if (await body.ReadMoreAsync(cancellationToken) is { } reason)
            {
                return (null, reason);
            }
        }
    }

    // Takes every record that is there; true when that was all, or the body is refused.
    private static bool Take<T>(Body body, RecordFinder finder, IRecordDecoder<T> decoder, List<T> records, out Refusal? refusal)
    {
        while (true)
        {
            var place = finder.Next(body.Bytes, body.Ended);
            switch (place.Finding)
            {
                case Finding.Incomplete:
                    body.Consume(place.Done);
                    refusal = null;
                    return false;
                case Finding.End:
                    refusal = null;
                    return true;
                case Finding.Broken:
                    refusal = NotJson(body.Consumed + place.Start);
                    return true;
                case Finding.NoRecords:
                    refusal = NoRecords;
                    return true;
            }

            refusal = records.Count == Limits.Records ? TooMany
                : !body.Kept.TryMakeRoom(place.Length, body.Length) ? Refusal.TooMuchInFlight
                : Decode(body, place, decoder, records);
            if (refusal is not null)
            {
                return true;
            }

            body.Consume(place.Done);
        }
    }

    // A line that is not JSON is one bad record; within an array nobody knows where the next one begins.
    private static Refusal? Decode<T>(Body body, RecordPlace place, IRecordDecoder<T> decoder, List<T> records)
    {
        var record = body.Bytes.Slice(place.Start, place.Length);
        var reader = new Utf8JsonReader(record, Options);
        try
        {
            reader.Read();
            var decoded = decoder.Decode(ref reader, record, Utf8.IsValid(record));
            reader.Read();
            records.Add(decoded);
            return null;
        }
        catch (JsonException) when (body.Format == BodyFormat.NdJson)
        {
            records.Add(decoder.Unreadable("the line is not valid JSON"));
            return null;
        }
        catch (JsonException)
        {
            return NotJson(body.Consumed + place.Start + reader.BytesConsumed);
        }
    }

    private static Refusal NotJson(long position) => new(StatusCodes.Status400BadRequest, string.Create(CultureInfo.InvariantCulture,
        $"the body is not valid JSON (at byte {position}); records that follow each other line by line need the content type application/x-ndjson"));
}
