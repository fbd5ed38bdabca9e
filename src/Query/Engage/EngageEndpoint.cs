using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Muster.Cohorts.Membership;
using Muster.Control.Tokens;

namespace Muster.Query.Engage;

/// <summary><c>/api/query/engage</c>: profiles, a page at a time, all pages of a session as of one moment.</summary>
internal static class EngageEndpoint
{
    public static async Task HandleAsync(
        HttpContext context, ProjectCredentials credentials, EngageReader reader, EngageSessions sessions, TimeProvider clock)
    {
        var aborted = context.RequestAborted;

        // Profiles are people's data: not for those who see no addresses.
        var access = await credentials.FindAsync(context.Request, Role.Analyst, takesProjectToken: false, aborted);
        if (access is not ProjectAccess.Granted(var projectId, _))
        {
            await QueryAnswer.WriteAsync(context.Response, (ProjectAccess.Refused)access, aborted);
            return;
        }

        try
        {
            var fields = await QueryFields.ReadAsync(context.Request, aborted);
            var page = fields.WholeNumber("page", 0, int.MaxValue) ?? 0;
            using var session = await SessionAsync(fields, projectId, page, reader, sessions, clock, aborted);
            await WriteAsync(context.Response, session, page, aborted);
        }
        catch (QueryException e)
        {
            await QueryAnswer.WriteAsync(context.Response, e, aborted);
        }
        catch (EvaluationException e)
        {
            await QueryAnswer.WriteAsync(context.Response, e, aborted);
        }
    }

    private static async Task<EngageSession.Loan> SessionAsync(
        QueryFields fields, int projectId, int page, EngageReader reader, EngageSessions sessions, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (fields.Text("session_id") is { } id)
        {
            return sessions.Find(id, projectId)
                ?? throw new QueryException("session_id: there is no such session, or no longer: a session ends ten minutes after its last page. Begin again with page 0 and no session_id");
        }

        if (page > 0)
        {
            throw new QueryException("page: a page after the first needs the session_id that the first one was answered with");
        }

        var request = EngageRequest.Read(fields, projectId);
        var now = clock.GetUtcNow();
        return sessions.Begin(projectId, await reader.ReadAsync(request, cancellationToken), now);
    }

    private static async Task WriteAsync(HttpResponse response, EngageSession.Loan loan, int page, CancellationToken cancellationToken)
    {
        response.ContentType = "application/json";
        var body = response.BodyWriter;
        await using (var writer = new Utf8JsonWriter(body, QueryAnswer.Readable with { SkipValidation = true }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("page"u8, page);
            writer.WriteNumber("page_size"u8, PageSpool.PageSize);
            writer.WriteString("session_id"u8, loan.Session.Id);
            writer.WriteString("status"u8, "ok"u8);
            writer.WriteNumber("total"u8, loan.Pages.Total);
            writer.WriteString("computed_at"u8, loan.Session.ComputedAt.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffffK", CultureInfo.InvariantCulture));
            writer.WritePropertyName("results"u8);
            await writer.FlushAsync(cancellationToken);
            await loan.Pages.CopyAsync(page, body, async stop => await body.FlushAsync(stop), cancellationToken);
            writer.WriteEndObject();
            await writer.FlushAsync(cancellationToken);
        }

        await body.FlushAsync(cancellationToken);
    }
}
