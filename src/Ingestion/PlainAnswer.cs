using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Muster.Ingestion.Bodies;

namespace Muster.Ingestion;

/// <summary>The answers of /track and /engage: <c>1</c> or <c>0</c>, as JSON when the request asks for it.</summary>
internal static class PlainAnswer
{
    /// <summary>1 when at least one record is in; with <paramref name="verbose"/> also what is wrong with the first that is not.</summary>
    public static Task WriteAsync(HttpResponse response, IngestionResult result, bool verbose, CancellationToken cancellationToken)
    {
        // Clients are told to read the body of a 200; only what has to be sent differently or again has another status.
        if (result.Refusal is { Status: not StatusCodes.Status400BadRequest } refusal)
        {
            return WriteAsync(response, refusal, cancellationToken);
        }

        var good = result.Accepted > 0;
        if (verbose)
        {
            return WriteJsonAsync(response, StatusCodes.Status200OK, Error(result), writer => writer.WriteNumber("status"u8, good ? 1 : 0), cancellationToken);
        }

        // No more than the digit: SDKs compare the body with "1".
        response.ContentType = "text/plain";
        return response.Body.WriteAsync(good ? "1"u8.ToArray() : "0"u8.ToArray(), cancellationToken).AsTask();
    }

    /// <summary>Refuses a request as a whole.</summary>
    public static Task WriteAsync(HttpResponse response, Refusal refusal, CancellationToken cancellationToken)
    {
        StrictAnswer.RetryAfter(response, refusal);
        return WriteJsonAsync(response, refusal.Status, refusal.Message, writer => writer.WriteString("status"u8, "error"u8), cancellationToken);
    }

    private static string? Error(IngestionResult result)
    {
        if (result.Refusal is { } refusal)
        {
            return refusal.Message;
        }

        return result.Faults.Count switch
        {
            0 when result.Accepted == 0 => "the request has no records",
            0 => null,
            1 when result.Accepted == 0 => result.Faults[0].Message,
            var count => $"{count} of {count + result.Accepted} records were refused; record {result.Faults[0].Index}: {result.Faults[0].Message}",
        };
    }

    private static async Task WriteJsonAsync(
        HttpResponse response, int status, string? error, Action<Utf8JsonWriter> writeStatus, CancellationToken cancellationToken)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(response.BodyWriter, StrictAnswer.Readable);
        writer.WriteStartObject();
        writeStatus(writer);
        writer.WriteString("error"u8, error);
        writer.WriteEndObject();
        await writer.FlushAsync(cancellationToken);
        await response.BodyWriter.FlushAsync(cancellationToken);
    }
}
