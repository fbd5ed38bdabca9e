using System.IO.Compression;
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

    /// <summary>Reads a body; either it or the reason why not is there.</summary>
    public async Task<(Body? Body, Refusal? Refusal)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (FormatOf(request.ContentType) is not { } format)
        {
            return (null, new Refusal(StatusCodes.Status415UnsupportedMediaType,
                $"the content type '{request.ContentType}' is not supported: send application/json or application/x-ndjson"));
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
        if (refusal is null)
        {
            return (body, null);
        }

        body.Dispose();
        return (null, refusal);
    }

    private static Refusal TooMuchInFlight => Refusal.Overloaded("too many requests are waiting for the store; send this again in a moment");

    // Without a content type it is taken for JSON, which it then has to be.
    private static BodyFormat? FormatOf(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType))
        {
            return BodyFormat.Json;
        }

        return !MediaTypeHeaderValue.TryParse(contentType, out var type) ? null : type.MediaType.Value?.ToLowerInvariant() switch
        {
            "application/json" => BodyFormat.Json,
            "application/x-ndjson" or "application/ndjson" => BodyFormat.NdJson,
            _ => null,
        };
    }

    private static async Task<Refusal?> FillAsync(Body body, HttpRequest request, bool gzip, CancellationToken cancellationToken)
    {
        await using var unpacked = gzip ? new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true) : null;
        var source = unpacked ?? request.Body;
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
                if (body.Length > Limits.BodyBytes)
                {
                    return new Refusal(StatusCodes.Status413PayloadTooLarge, $"request exceeds max limit of {Limits.BodyBytes} bytes");
                }
            }
        }
        catch (InvalidDataException)
        {
            return new Refusal(StatusCodes.Status400BadRequest, "the body is not valid gzip, or is cut off");
        }
        catch (BadHttpRequestException e)
        {
            return new Refusal(e.StatusCode, e.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? $"request exceeds max limit of {Limits.BodyBytes} bytes"
                : "the body could not be read to its end");
        }
    }
}
