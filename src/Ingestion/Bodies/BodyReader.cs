using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Muster.Ingestion.Bodies;

/// <summary>Begins to read the bodies of requests, within limits.</summary>
/// <remarks>
/// JSON goes through a window: its records are decoded while the rest is on the way. A form is read whole, as its field has
/// to be taken out of two encodings first; SDKs send 50 records in one.
/// </remarks>
internal sealed class BodyReader(ByteBudget budget)
{
    private const int LeastRoom = 16 * 1024;
    private const int Window = 64 * 1024;

    /// <summary>Whether a request brings its records in a form, by what it says of itself.</summary>
    public static bool IsForm(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || (request.ContentType is not null && FormatOf(request.ContentType) == BodyFormat.Form);

    /// <summary>Reads the beginning of a body, all of a form, or the query of a GET; either it or the reason why not is there.</summary>
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

        var isForm = format == BodyFormat.Form;
        var source = new BodySource(request, gzip, isForm ? Limits.FormBytes : Limits.BodyBytes);
        var room = gzip ? Window : (int)Math.Clamp(request.ContentLength + 1 ?? LeastRoom, LeastRoom, Window);
        if (Body.TryRent(budget, format, room, source) is not { } body)
        {
            source.Dispose();
            return (null, Refusal.TooMuchInFlight);
        }

        try
        {
            var refusal = await body.ReadMoreAsync(cancellationToken);
            while (isForm && refusal is null && !body.Ended)
            {
                refusal = await body.ReadMoreAsync(cancellationToken);
            }

            if (refusal is not null || body is not { Ended: true, Length: 0 } || !request.Query.ContainsKey(FormBody.Data))
            {
                return Unwrapped(body, refusal);
            }
        }
        catch
        {
            // The sender has gone; what the body took of the budget must not go with it.
            body.Dispose();
            throw;
        }

        body.Dispose();
        return ReadQuery(request);
    }

    // The query as it was sent: decoded by the framework, a plus could not be told from a space any more.
    private (Body? Body, Refusal? Refusal) ReadQuery(HttpRequest request)
    {
        var query = request.QueryString.HasValue ? request.QueryString.Value![1..] : "";
        if (Body.TryRent(budget, BodyFormat.Form, Encoding.UTF8.GetMaxByteCount(query.Length)) is not { } body)
        {
            return (null, Refusal.TooMuchInFlight);
        }

        body.Advance(Encoding.UTF8.GetBytes(query, body.Room().Span));
        return Unwrapped(body, null);
    }

    private static (Body? Body, Refusal? Refusal) Unwrapped(Body body, Refusal? refusal)
    {
        if (refusal is null && body.Format == BodyFormat.Form)
        {
            refusal = FormBody.Unwrap(body) ?? (body.Length > Limits.BodyBytes ? Refusal.TooLarge : null);
        }

        if (refusal is null)
        {
            return (body, null);
        }

        body.Dispose();
        return (null, refusal);
    }

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
}
