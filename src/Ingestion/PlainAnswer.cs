using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Muster.Ingestion;

/// <summary>The answers of /track, /engage and /groups, and of /import to the SDKs that know no other: <c>1</c> or <c>0</c>, or what the request asks for instead.</summary>
internal static class PlainAnswer
{
    // No more than the digit: SDKs compare the body with "1".
    private static readonly byte[] One = "1"u8.ToArray();
    private static readonly byte[] Zero = "0"u8.ToArray();

    // A transparent PNG of 1 x 1.
    private static readonly byte[] Pixel = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAC0lEQVR42mNgAAIAAAUAAen63NgAAAAASUVORK5CYII=");

    // It is echoed, so it may be nothing but a name.
    private static readonly SearchValues<char> CallbackCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.$[]\"'");

    /// <summary>1 when at least one record is in; with <c>verbose</c> also what is wrong with the first that is not.</summary>
    /// <param name="response">Where to.</param>
    /// <param name="result">What became of the records.</param>
    /// <param name="fields">What the request asks for: <c>verbose</c>, <c>callback</c>, <c>img</c>.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    public static Task WriteAsync(HttpResponse response, IngestionResult result, RequestFields fields, CancellationToken cancellationToken)
    {
        // Clients are told to read the body of a 200; only what has to be sent differently or again has another status.
        var (contentType, body) = ("text/plain", result.Accepted > 0 ? One : Zero);
        if (result.Refusal is { Status: not StatusCodes.Status400BadRequest } refusal)
        {
            StrictAnswer.RetryAfter(response, refusal);
            response.StatusCode = refusal.Status;
            (contentType, body) = ("application/json", Json(refusal.Message, writer => writer.WriteString("status"u8, "error"u8)));
        }
        else if (fields.IsOn("verbose"))
        {
            (contentType, body) = ("application/json", Json(Error(result), writer => writer.WriteNumber("status"u8, result.Accepted > 0 ? 1 : 0)));
        }

        if (fields.Find("callback") is { Length: > 0 and <= 255 } callback && !callback.AsSpan().ContainsAnyExcept(CallbackCharacters))
        {
            (contentType, body) = ("text/javascript", [.. Encoding.ASCII.GetBytes(callback), (byte)'(', .. body, (byte)')']);
            response.Headers.XContentTypeOptions = "nosniff";
        }

        if (fields.IsOn("img"))
        {
            (contentType, body) = ("image/png", Pixel);
            response.Headers.CacheControl = "no-store";
        }

        response.ContentType = contentType;
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, cancellationToken).AsTask();
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

    private static byte[] Json(string? error, Action<Utf8JsonWriter> writeStatus)
    {
        var buffer = new ArrayBufferWriter<byte>(64);
        using (var writer = new Utf8JsonWriter(buffer, StrictAnswer.Readable))
        {
            writer.WriteStartObject();
            writeStatus(writer);
            writer.WriteString("error"u8, error);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
