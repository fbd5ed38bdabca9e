using Microsoft.AspNetCore.Http;
using Muster.Ingestion.Bodies;

namespace Muster.Ingestion.Engage;

/// <summary><c>POST /engage</c>: profile updates, which name their project by its token.</summary>
internal static class EngageEndpoint
{
    public static async Task HandleAsync(HttpContext context, BodyReader bodies, IngestionService ingestion)
    {
        var aborted = context.RequestAborted;
        var (body, refusal) = await bodies.ReadAsync(context.Request, aborted);
        using (body)
        {
            var result = body is null
                ? new IngestionResult { Refusal = refusal }
                : await ingestion.EngageAsync(body, aborted);
            await (IngestionFeature.IsOn(context.Request, "strict")
                ? StrictAnswer.WriteAsync(context.Response, result, report: true, aborted)
                : PlainAnswer.WriteAsync(context.Response, result, IngestionFeature.IsOn(context.Request, "verbose"), aborted));
        }
    }
}
