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
    /// <param name="source">The text that the record is in.</param>
    /// <param name="sourceIsUtf8">Whether all of it is valid UTF-8; otherwise the record's own texts may not be.</param>
    /// <exception cref="JsonException">What follows is not JSON.</exception>
    T Decode(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, bool sourceIsUtf8);

    /// <summary>Stands for a record that is not JSON.</summary>
    T Unreadable(string message);
}

/// <summary>Takes a body apart into records.</summary>
internal static class RecordReader
{
    // Deeper records are refused by their decoder; deeper than this a body is no set of records.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1000 };

    /// <summary>Decodes every record of a body; either they or the reason why not are there.</summary>
    public static (List<T>? Records, Refusal? Refusal) Read<T>(Body body, IRecordDecoder<T> decoder)
    {
        var bytes = body.Bytes;
        if (bytes.StartsWith("\uFEFF"u8))
        {
            bytes = bytes["\uFEFF"u8.Length..];
        }

        return body.Format == BodyFormat.NdJson ? ReadLines(bytes, decoder) : ReadArray(bytes, decoder);
    }

    private static Refusal TooMany => new(StatusCodes.Status413PayloadTooLarge, $"request exceeds max limit of {Limits.Records} records");

    private static (List<T>?, Refusal?) ReadArray<T>(ReadOnlySpan<byte> bytes, IRecordDecoder<T> decoder)
    {
        var isUtf8 = Utf8.IsValid(bytes);
        var reader = new Utf8JsonReader(bytes, Options);
        var records = new List<T>();
        try
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (records.Count == Limits.Records)
                    {
                        return (null, TooMany);
                    }

                    records.Add(decoder.Decode(ref reader, bytes, isUtf8));
                }
            }
            else if (reader.TokenType == JsonTokenType.StartObject)
            {
                records.Add(decoder.Decode(ref reader, bytes, isUtf8));
            }
            else
            {
                return (null, new Refusal(StatusCodes.Status400BadRequest, "the body must be a JSON array of records, or one record"));
            }

            // Anything but white space after the end is a fault.
            reader.Read();
            return (records, null);
        }
        catch (JsonException e)
        {
            return (null, new Refusal(StatusCodes.Status400BadRequest, string.Create(null,
                $"the body is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine}); records that follow each other line by line need the content type application/x-ndjson")));
        }
    }

    private static (List<T>?, Refusal?) ReadLines<T>(ReadOnlySpan<byte> bytes, IRecordDecoder<T> decoder)
    {
        var records = new List<T>();
        foreach (var range in bytes.Split((byte)'\n'))
        {
            var line = bytes[range].Trim(" \t\r"u8);
            if (line.IsEmpty)
            {
                continue;
            }

            if (records.Count == Limits.Records)
            {
                return (null, TooMany);
            }

            records.Add(ReadLine(line, decoder));
        }

        return (records, null);
    }

    private static T ReadLine<T>(ReadOnlySpan<byte> line, IRecordDecoder<T> decoder)
    {
        try
        {
            var reader = new Utf8JsonReader(line, Options);
            reader.Read();
            var record = decoder.Decode(ref reader, line, Utf8.IsValid(line));
            reader.Read();
            return record;
        }
        catch (JsonException)
        {
            return decoder.Unreadable("the line is not valid JSON");
        }
    }
}
