using Microsoft.AspNetCore.Http;
using Muster.Ingestion.Bodies;

namespace Muster.Ingestion.Import;

/// <summary><c>/import</c>: events from servers, of any age, with credentials.</summary>
internal static class ImportEndpoint
{
    /// <remarks>
    /// Strict unless <c>strict=0</c>: the valid events are stored either way, but only a strict import names the others.
    /// A form without <c>strict</c> comes from an SDK that knows neither: it is answered like one to /track, and anything
    /// else would be an error to it.
    /// </remarks>
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
            var fields = new RequestFields(context.Request, body);
            var plain = fields.Find("strict") is null && (body is null ? BodyReader.IsForm(context.Request) : body.Fields is not null);
            var strict = !plain && fields.Find("strict") != "0";
            var result = body is null
                ? new IngestionResult { Refusal = refusal }
                : await ingestion.ImportAsync(projectId, body, strict, aborted);
            await (plain
                ? PlainAnswer.WriteAsync(context.Response, result, fields, aborted)
                : StrictAnswer.WriteAsync(context.Response, result, report: strict, aborted));
        }
    }
}
