using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Muster.Cohorts.Membership;
using Muster.Control.Tokens;

namespace Muster.Query;

/// <summary>How queries are refused.</summary>
internal static class QueryAnswer
{
    /// <summary>Messages are read by people in terminals: quotes stay quotes. It is served as JSON, never inside a page.</summary>
    public static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Refuses for want of good credentials, in the shape of Mixpanel's strict APIs.</summary>
    public static async Task WriteAsync(HttpResponse response, ProjectAccess.Refused refused, CancellationToken cancellationToken)
    {
        response.StatusCode = refused.Status;
        if (refused.Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Basic realm=\"Muster\"";
        }

        await WriteAsync(response, writer =>
        {
            writer.WriteNumber("code"u8, refused.Status);
            writer.WriteString("error"u8, refused.Message);
            writer.WriteString("status"u8, ReasonPhrases.GetReasonPhrase(refused.Status));
        }, cancellationToken);
    }

    /// <summary>503: the query takes more time or memory than one may have.</summary>
    public static async Task WriteAsync(HttpResponse response, EvaluationException limit, CancellationToken cancellationToken)
    {
        response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        response.Headers.RetryAfter = "60";
        await WriteAsync(response, writer =>
        {
            writer.WriteString("error"u8, limit.Message);
            writer.WriteString("code"u8, limit.Code);
            writer.WriteString("request"u8, response.HttpContext.Request.Path);
            writer.WriteString("status"u8, "error"u8);
        }, cancellationToken);
    }

    /// <summary>400: the query is wrong.</summary>
    public static async Task WriteAsync(HttpResponse response, QueryException wrong, CancellationToken cancellationToken)
    {
        response.StatusCode = StatusCodes.Status400BadRequest;
        await WriteAsync(response, writer =>
        {
            writer.WriteString("error"u8, wrong.Message);
            if (wrong.Position is { } position)
            {
                writer.WriteNumber("position"u8, position);
            }

            writer.WriteString("request"u8, response.HttpContext.Request.Path);
            writer.WriteString("status"u8, "error"u8);
        }, cancellationToken);
    }

    private static async Task WriteAsync(HttpResponse response, Action<Utf8JsonWriter> members, CancellationToken cancellationToken)
    {
        response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(response.BodyWriter, Readable);
        writer.WriteStartObject();
        members(writer);
        writer.WriteEndObject();
        await writer.FlushAsync(cancellationToken);
        await response.BodyWriter.FlushAsync(cancellationToken);
    }
}
