using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Muster.Iterable.Wire;

/// <summary>Reads answers that are small, whole, with a bound.</summary>
internal static class AnswerBody
{
    public const int MaxBytes = 64 * 1024 * 1024;

    /// <summary>The answer as a JSON object.</summary>
    /// <exception cref="UnreadableAnswerException">It is something else, as the HTML of a proxy, or cut off.</exception>
    public static async Task<JsonDocument> ReadObjectAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await ReadAsync(response, MaxBytes, cancellationToken);
        if (TryParseObject(body) is { } document)
        {
            return document;
        }

        throw new UnreadableAnswerException(body.Length == 0 ? "is empty" : LooksLikeHtml(response, body) ? "is HTML" : "is not a JSON object, or is cut off");
    }

    /// <summary>The answer as a whole number, which lists/{id}/size gives bare.</summary>
    public static async Task<long> ReadNumberAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = Encoding.UTF8.GetString(await ReadAsync(response, 1024, cancellationToken)).Trim().Trim('"');
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new UnreadableAnswerException("is not a number");
    }

    /// <summary>The <c>code</c> and <c>msg</c> of an error; null where the body has none.</summary>
    public static async Task<(string? Code, string? Message)> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var document = TryParseObject(await ReadAsync(response, 256 * 1024, cancellationToken));
        return document is null ? (null, null) : (JsonText.Read(document.RootElement, "code"), JsonText.Read(document.RootElement, "msg"));
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, int maxBytes, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var whole = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(chunk, cancellationToken)) > 0)
        {
            whole.Write(chunk, 0, read);
            if (whole.Length > maxBytes)
            {
                throw new UnreadableAnswerException("is too large");
            }
        }

        return whole.ToArray();
    }

    private static JsonDocument? TryParseObject(byte[] body)
    {
        try
        {
            var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool LooksLikeHtml(HttpResponseMessage response, byte[] body) =>
        response.Content.Headers.ContentType?.MediaType == "text/html" || body.AsSpan().TrimStart(" \r\n\t"u8).StartsWith("<"u8);
}
