using System.Buffers;
using System.IO.Compression;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Muster.Cohorts.Membership;
using Muster.Control.Tokens;

namespace Muster.Query.Export;

/// <summary><c>/api/2.0/export</c>: events, one a line, as they come from the store.</summary>
internal static class ExportEndpoint
{
    // What is smaller than this is sent as it is, as Mixpanel does.
    private const int LeastToPack = 1400;

    private const int FlushBytes = 64 * 1024;

    public static async Task HandleAsync(HttpContext context, ProjectCredentials credentials, EventExport events)
    {
        var aborted = context.RequestAborted;
        var access = await credentials.FindAsync(context.Request, Role.Analyst, takesProjectToken: false, aborted);
        if (access is not ProjectAccess.Granted(var projectId, _))
        {
            await QueryAnswer.WriteAsync(context.Response, (ProjectAccess.Refused)access, aborted);
            return;
        }

        try
        {
            var request = ExportRequest.Read(await QueryFields.ReadAsync(context.Request, aborted), projectId);
            var statement = await events.PrepareAsync(request, aborted);
            using var rows = await events.BeginAsync(statement, aborted);
            await WriteAsync(context, rows, request.InMilliseconds, aborted);
        }
        catch (EvaluationException e) when (!context.Response.HasStarted)
        {
            await QueryAnswer.WriteAsync(context.Response, e, aborted);
        }
        catch (QueryException e)
        {
            await QueryAnswer.WriteAsync(context.Response, e, aborted);
        }
    }

    private static async Task WriteAsync(HttpContext context, EvaluatedRows rows, bool inMilliseconds, CancellationToken cancellationToken)
    {
        var lines = new ArrayBufferWriter<byte>(FlushBytes + 4096);
        await using var writer = new Utf8JsonWriter(lines, QueryAnswer.Readable with { SkipValidation = true });
        Stream? body = null;

        // Failing on the way, the connection is broken off: half an export must not look like a whole one.
        while (rows.Next())
        {
            EventLine.Write(lines, writer, EventExport.Read(rows.Row), inMilliseconds);
            if (lines.WrittenCount >= FlushBytes)
            {
                body ??= Begin(context, pack: true);
                await body.WriteAsync(lines.WrittenMemory, cancellationToken);
                lines.ResetWrittenCount();
            }
        }

        body ??= Begin(context, pack: lines.WrittenCount > LeastToPack);
        await body.WriteAsync(lines.WrittenMemory, cancellationToken);
        if (body is GZipStream packed)
        {
            await packed.DisposeAsync();
        }

        await context.Response.Body.FlushAsync(cancellationToken);
    }

    private static Stream Begin(HttpContext context, bool pack)
    {
        var response = context.Response;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (!pack || !TakesGzip(context.Request))
        {
            return response.Body;
        }

        response.Headers.ContentEncoding = "gzip";
        return new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
    }

    private static bool TakesGzip(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding.Any(e => e.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && e.Quality != 0);
}
