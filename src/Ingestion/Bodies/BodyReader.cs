using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Muster.Ingestion.Bodies;

/// <summary>Why a whole request is refused.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Message">What is wrong and what is accepted.</param>
internal sealed record Refusal(int Status, string Message)
{
    /// <summary>Seconds after which it may be sent again; null: the same request will not do better later.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>There is too much in flight, or the store cannot be written now.</summary>
    public static Refusal Overloaded(string message) => new(StatusCodes.Status503ServiceUnavailable, message) { RetryAfter = 2 };
}

/// <summary>Reads the bodies of requests into memory, within limits.</summary>
internal sealed class BodyReader(ByteBudget budget)
{
    private const int LeastRoom = 16 * 1024;
    private const int FirstGzipRoom = 512 * 1024;

    /// <summary>Whether a request brings its records in a form, by what it says of itself.</summary>
    public static bool IsForm(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || (request.ContentType is not null && FormatOf(request.ContentType) == BodyFormat.Form);

    /// <summary>Reads a body, or the query of a GET; either it or the reason why not is there.</summary>
    public async Task<(Body? Body, Refusal? Refusal)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (HttpMethods.IsGet(request.Method))
        {
            return ReadQuery(request);
        }

        if (FormatOf(request.ContentType) is not { } format)
        {
            return (null, new Refusal(StatusCodes.Status415UnsupportedMediaType,
                $"the content type '{request.ContentType}' is not supported: send application/json, application/x-ndjson, or a form with the field 'data'"));
        }

        var encoding = request.Headers.ContentEncoding.ToString();
        var gzip = encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase);
        if (!gzip && encoding is not ("" or "identity"))
        {
            return (null, new Refusal(StatusCodes.Status415UnsupportedMediaType, $"the content encoding '{encoding}' is not supported: send gzip or none"));
        }

        var room = gzip ? FirstGzipRoom : (int)Math.Clamp(request.ContentLength + 1 ?? LeastRoom, LeastRoom, Limits.BodyBytes + 1);
        if (Body.TryRent(budget, format, room) is not { } body)
        {
            return (null, TooMuchInFlight);
        }

        var refusal = await FillAsync(body, request, gzip, cancellationToken);
        if (refusal is null && body.Length == 0 && request.Query.ContainsKey(FormBody.Data))
        {
            body.Dispose();
            return ReadQuery(request);
        }

        return Unwrapped(body, refusal);
    }

    // The query as it was sent: decoded by the framework, a plus could not be told from a space any more.
    private (Body? Body, Refusal? Refusal) ReadQuery(HttpRequest request)
    {
        var query = request.QueryString.HasValue ? request.QueryString.Value![1..] : "";
        if (Body.TryRent(budget, BodyFormat.Form, Encoding.UTF8.GetMaxByteCount(query.Length)) is not { } body)
        {
            return (null, TooMuchInFlight);
        }

        body.Advance(Encoding.UTF8.GetBytes(query, body.Room().Span));
        return Unwrapped(body, null);
    }

    private static (Body? Body, Refusal? Refusal) Unwrapped(Body body, Refusal? refusal)
    {
        if (refusal is null && body.Format == BodyFormat.Form)
        {
            refusal = FormBody.Unwrap(body) ?? (body.Length > Limits.BodyBytes ? TooLarge : null);
        }

        if (refusal is null)
        {
            return (body, null);
        }

        body.Dispose();
        return (null, refusal);
    }

    private static Refusal TooLarge => new(StatusCodes.Status413PayloadTooLarge, $"request exceeds max limit of {Limits.BodyBytes} bytes");

    private static Refusal TooMuchInFlight => Refusal.Overloaded("too many requests are waiting for the store; send this again in a moment");

    // A form may turn out to be JSON: curl says form when nobody says anything. So without a content type it is taken for one.
    private static BodyFormat? FormatOf(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType))
        {
            return BodyFormat.Form;
        }

        return !MediaTypeHeaderValue.TryParse(contentType, out var type) ? null : type.MediaType.Value?.ToLowerInvariant() switch
        {
            "application/json" => BodyFormat.Json,
            "application/x-ndjson" or "application/ndjson" => BodyFormat.NdJson,

            // Browsers call what a page sends while it is left text/plain.
            "application/x-www-form-urlencoded" or "text/plain" => BodyFormat.Form,
            _ => null,
        };
    }

    private static async Task<Refusal?> FillAsync(Body body, HttpRequest request, bool gzip, CancellationToken cancellationToken)
    {
        await using var unpacked = gzip ? new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true) : null;
        var source = unpacked ?? request.Body;
        var limit = body.Format == BodyFormat.Form ? Limits.FormBytes : Limits.BodyBytes;
        try
        {
            while (true)
            {
                var room = body.Room();
                if (room.IsEmpty)
                {
                    return TooMuchInFlight;
                }

                var read = await source.ReadAsync(room, cancellationToken);
                if (read == 0)
                {
                    return null;
                }

                body.Advance(read);
                if (body.Length > limit)
                {
                    return TooLarge;
                }
            }
        }
        catch (InvalidDataException)
        {
            return new Refusal(StatusCodes.Status400BadRequest, "the body is not valid gzip, or is cut off");
        }
        catch (BadHttpRequestException e)
        {
            return e.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? TooLarge
                : new Refusal(e.StatusCode, "the body could not be read to its end");
        }
    }
}
