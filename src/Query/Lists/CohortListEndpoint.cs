using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Muster.Cohorts.Membership;
using Muster.Control;
using Muster.Control.Tokens;

namespace Muster.Query.Lists;

/// <summary><c>/api/query/cohorts/list</c>: a bare JSON array.</summary>
internal static class CohortListEndpoint
{
    public static async Task HandleAsync(HttpContext context, ProjectCredentials credentials, CohortList cohorts)
    {
        var aborted = context.RequestAborted;
        var access = await credentials.FindAsync(context.Request, Role.Consumer, takesProjectToken: false, aborted);
        if (access is not ProjectAccess.Granted(var projectId, _))
        {
            await QueryAnswer.WriteAsync(context.Response, (ProjectAccess.Refused)access, aborted);
            return;
        }

        IReadOnlyList<Cohort> read;
        try
        {
            read = await cohorts.ReadAsync(projectId, aborted);
        }
        catch (EvaluationException e)
        {
            await QueryAnswer.WriteAsync(context.Response, e, aborted);
            return;
        }

        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter, QueryAnswer.Readable);
        writer.WriteStartArray();
        foreach (var cohort in read)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id"u8, cohort.Id);
            writer.WriteString("name"u8, cohort.Name);
            writer.WriteString("description"u8, cohort.Description ?? "");
            writer.WriteNumber("count"u8, cohort.Count ?? 0);
            writer.WriteNumber("is_visible"u8, 1);
            writer.WriteString("created"u8, cohort.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
            writer.WriteNumber("project_id"u8, projectId);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        await writer.FlushAsync(aborted);
        await context.Response.BodyWriter.FlushAsync(aborted);
    }
}
