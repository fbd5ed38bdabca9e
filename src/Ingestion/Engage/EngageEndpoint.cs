using Microsoft.AspNetCore.Http;
using Muster.Ingestion.Bodies;

namespace Muster.Ingestion.Engage;

/// <summary><c>/engage</c> and <c>/groups</c>: updates of profiles, which name their project by its token.</summary>
internal static class EngageEndpoint
{
    public static Task HandleAsync(HttpContext context, BodyReader bodies, IngestionService ingestion) =>
        HandleAsync(context, bodies, ingestion.EngageAsync);

    public static Task HandleGroupsAsync(HttpContext context, BodyReader bodies, IngestionService ingestion) =>
        HandleAsync(context, bodies, ingestion.GroupsAsync);

    private static async Task HandleAsync(HttpContext context, BodyReader bodies, Func<Body, CancellationToken, Task<IngestionResult>> apply)
    {
        var aborted = context.RequestAborted;
        var (body, refusal) = await bodies.ReadAsync(context.Request, aborted);
        using (body)
        {
            var fields = new RequestFields(context.Request, body);
            var result = body is null ? new IngestionResult { Refusal = refusal } : await apply(body, aborted);
            await (fields.IsOn("strict")
                ? StrictAnswer.WriteAsync(context.Response, result, report: true, aborted)
                : PlainAnswer.WriteAsync(context.Response, result, fields, aborted));
        }
    }
}
