using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Muster.Ingestion.Bodies;
using Muster.Ingestion.Decoding;

namespace Muster.Ingestion;

/// <summary>The JSON answers of /import, and of the other endpoints with <c>strict=1</c>.</summary>
internal static class StrictAnswer
{
    private const string SomeFailed = "some data points in the request failed validation";

    /// <summary>Messages are read by people in terminals: quotes stay quotes. It is served as JSON, never inside a page.</summary>
    public static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Says how many records are in, and with <paramref name="report"/> which are not and why.</summary>
    public static Task WriteAsync(HttpResponse response, IngestionResult result, bool report, CancellationToken cancellationToken)
    {
        if (result.Refusal is { } refusal)
        {
            return WriteAsync(response, refusal, cancellationToken);
        }

        var failed = report && result.Faults.Count > 0;
        return WriteAsync(response, failed ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK, failed ? SomeFailed : null, writer =>
        {
            writer.WriteNumber("num_records_imported"u8, result.Accepted);
            if (failed)
            {
                writer.WriteStartArray("failed_records"u8);
                foreach (var fault in result.Faults)
                {
                    Write(writer, fault);
                }

                writer.WriteEndArray();
            }
        }, cancellationToken);
    }

    /// <summary>Refuses a request as a whole.</summary>
    public static Task WriteAsync(HttpResponse response, Refusal refusal, CancellationToken cancellationToken)
    {
        RetryAfter(response, refusal);
        return WriteAsync(response, refusal.Status, refusal.Message, _ => { }, cancellationToken);
    }

    /// <summary>Says when to try again, when that makes sense.</summary>
    public static void RetryAfter(HttpResponse response, Refusal refusal)
    {
        if (refusal.RetryAfter is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static async Task WriteAsync(
        HttpResponse response, int code, string? error, Action<Utf8JsonWriter> more, CancellationToken cancellationToken)
    {
        response.StatusCode = code;
        response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(response.BodyWriter, Readable);
        writer.WriteStartObject();
        writer.WriteNumber("code"u8, code);
        if (error is not null)
        {
            writer.WriteString("error"u8, error);
        }

        more(writer);
        writer.WriteString("status"u8, Status(code));
        writer.WriteEndObject();
        await writer.FlushAsync(cancellationToken);
        await response.BodyWriter.FlushAsync(cancellationToken);
    }

    // Clients were taught this older phrase.
    private static string Status(int code) => code == StatusCodes.Status413PayloadTooLarge ? "Request Entity Too Large" : ReasonPhrases.GetReasonPhrase(code);

    // Prose and samples of the documentation, and clients with them, disagree about the name of the id: both.
    private static void Write(Utf8JsonWriter writer, RecordFault fault)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, fault.Index);
        writer.WriteString("$insert_id"u8, fault.InsertId);
        writer.WriteString("insert_id"u8, fault.InsertId);
        writer.WriteString("field"u8, fault.Field);
        writer.WriteString("message"u8, fault.Message);
        writer.WriteEndObject();
    }
}
