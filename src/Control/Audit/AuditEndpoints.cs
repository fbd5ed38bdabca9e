using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Muster.Control.Api;

namespace Muster.Control.Audit;

/// <summary>Reading the audit log.</summary>
internal static class AuditEndpoints
{
    private const string Header = "at,who,who_id,from,action,subject,subject_name,changes";

    public static void MapAudit(this IEndpointRouteBuilder api)
    {
        var ofProject = api.MapGroup("/projects/{projectId:int}/audit").WithTags("audit").RequireAuthorization(Policies.Admin);
        ofProject.MapGet("", ListAsync).WithSummary("Who did what in a project, latest first; from and to as times, who, action and subject as they stand there")
            .Produces<Page<AuditView>>();
        api.MapGet("/projects/{projectId:int}/audit.csv", CsvAsync).WithTags("audit").RequireAuthorization(Policies.Admin).Audited("audit.exported")
            .WithSummary("The same, all of it as CSV").Produces<string>(200, "text/csv");
        api.MapGet("/audit", ListAllAsync).WithTags("audit").RequireAuthorization(Policies.InstanceAdmin)
            .WithSummary("Who did what in the whole installation, latest first").Produces<Page<AuditView>>();
    }

    private static Task<IResult> ListAsync(
        int projectId, DateTimeOffset? from, DateTimeOffset? to, string? who, string? action, string? subject, Paging paging, ControlDb db, CancellationToken cancellationToken) =>
        PageAsync(Filter(db.Audit.Where(e => e.ProjectId == projectId), from, to, who, action, subject), paging, cancellationToken);

    private static Task<IResult> ListAllAsync(
        DateTimeOffset? from, DateTimeOffset? to, string? who, string? action, string? subject, Paging paging, ControlDb db, CancellationToken cancellationToken) =>
        PageAsync(Filter(db.Audit, from, to, who, action, subject), paging, cancellationToken);

    private static async Task<IResult> PageAsync(IQueryable<AuditEntry> entries, Paging paging, CancellationToken cancellationToken)
    {
        if (paging.Problem is { } problem)
        {
            return problem;
        }

        var read = await entries.Where(e => paging.After == 0 || e.Id < paging.After).OrderByDescending(e => e.Id).Take(paging.Limit + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(paging.Page(read, e => e.Id, AuditView.Of));
    }

    private static PushStreamHttpResult CsvAsync(
        int projectId, DateTimeOffset? from, DateTimeOffset? to, string? who, string? action, string? subject, ControlDb db, CancellationToken cancellationToken) =>
        TypedResults.Stream(
            async stream =>
            {
                await using var text = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
                await text.WriteLineAsync(Header);
                await foreach (var e in Filter(db.Audit.Where(e => e.ProjectId == projectId), from, to, who, action, subject)
                    .OrderByDescending(e => e.Id).AsAsyncEnumerable().WithCancellation(cancellationToken))
                {
                    string?[] fields =
                        [e.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), e.Who, e.WhoId, e.From, e.Action, e.Subject, e.SubjectName, e.Changes];
                    await text.WriteLineAsync(string.Join(',', fields.Select(Csv)));
                }
            },
            "text/csv; charset=utf-8", string.Create(CultureInfo.InvariantCulture, $"audit-{projectId}.csv"));

    private static IQueryable<AuditEntry> Filter(
        IQueryable<AuditEntry> entries, DateTimeOffset? from, DateTimeOffset? to, string? who, string? action, string? subject) => entries.AsNoTracking()
            .Where(e => (from == null || e.At >= from) && (to == null || e.At < to)
                && (string.IsNullOrEmpty(who) || e.Who == who || e.WhoId == who)
                && (string.IsNullOrEmpty(action) || e.Action == action) && (string.IsNullOrEmpty(subject) || e.Subject == subject));

    // A field that a spreadsheet would take for a formula is kept a text by a quote of its own.
    private static string Csv(string? field)
    {
        var text = field is { Length: > 0 } && field[0] is '=' or '+' or '-' or '@' ? "'" + field : field ?? "";
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private sealed record AuditView(
        DateTimeOffset At, string Who, string WhoId, string? From, string Action, string Subject, string? SubjectName, JsonElement? Changes)
    {
        public static AuditView Of(AuditEntry entry) => new(
            entry.At, entry.Who, entry.WhoId, entry.From, entry.Action, entry.Subject, entry.SubjectName,
            entry.Changes is null ? null : JsonElement.Parse(entry.Changes));
    }
}
