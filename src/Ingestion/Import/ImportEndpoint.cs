using Microsoft.AspNetCore.Http;
using Muster.Ingestion.Bodies;

namespace Muster.Ingestion.Import;

/// <summary><c>POST /import</c>: events from servers, of any age, with credentials.</summary>
internal static class ImportEndpoint
{
    /// <remarks>Strict unless <c>strict=0</c>: the valid events are stored either way, but only a strict import names the others.</remarks>
    public static async Task HandleAsync(HttpContext context, ImportAuthentication authentication, BodyReader bodies, IngestionService ingestion)
    {
        var aborted = context.RequestAborted;
        var (projectId, refusal) = await authentication.FindProjectAsync(context.Request, aborted);
        if (refusal is not null)
        {
            await StrictAnswer.WriteAsync(context.Response, refusal, aborted);
            return;
        }

        (var body, refusal) = await bodies.ReadAsync(context.Request, aborted);
        using (body)
        {
            var strict = context.Request.Query["strict"] != "0";
            var result = body is null
                ? new IngestionResult { Refusal = refusal }
                : await ingestion.ImportAsync(projectId, body, strict, aborted);
            await StrictAnswer.WriteAsync(context.Response, result, report: strict, aborted);
        }
    }
}
