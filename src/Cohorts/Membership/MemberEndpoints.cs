using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Muster.Cohorts.Compilation;
using Muster.Control;
using Muster.Control.Api;
using Muster.Control.Audit;
using Muster.Control.Tokens;

namespace Muster.Cohorts.Membership;

/// <summary>Who is in a cohort, how many, and how many there were.</summary>
internal static class MemberEndpoints
{
    private const int SampleSize = 10;

    // Rows between two flushes of a CSV: few enough that the first arrive at once.
    private const int RowsPerFlush = 1000;

    public static void MapMembers(this IEndpointRouteBuilder api)
    {
        var cohorts = api.MapGroup("/cohorts/{id:int}").WithTags("cohorts");
        cohorts.MapPost("/count", CountAsync).RequireAuthorization(Policies.Analyst)
            .WithSummary("Count the members now").Produces<CountView>();
        cohorts.MapGet("/members", ListAsync).RequireAuthorization(Policies.Consumer)
            .WithSummary("List the members").Produces<Page<MemberView>>();
        cohorts.MapGet("/members.csv", CsvAsync).RequireAuthorization(Policies.Consumer).Audited("members.exported")
            .WithSummary("All members as CSV").Produces<string>(200, "text/csv");
        cohorts.MapGet("/history", HistoryAsync).RequireAuthorization(Policies.Consumer)
            .WithSummary("The size at each run or recount, oldest first").Produces<IReadOnlyList<SizeView>>();
        api.MapPost("/projects/{projectId:int}/cohorts/preview", PreviewAsync).WithTags("cohorts").RequireAuthorization(Policies.Analyst)
            .WithSummary("Count a definition without saving it").Accepts<PreviewRequest>("application/json").Produces<PreviewView>();
    }

    private static async Task<IResult> CountAsync(
        int id, Caller caller, ControlDb db, CohortCompiler compiler, MemberReader reader, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await CohortAccess.FindAsync(db, caller, id, cancellationToken) is not { } cohort)
        {
            return ApiProblem.NotFound("cohort");
        }

        var now = clock.GetUtcNow();
        var (query, problem) = await CompileAsync(compiler, cohort, now, cancellationToken);
        if (query is null)
        {
            return problem!;
        }

        var count = await reader.CountAsync(query, cancellationToken);
        CohortSizes.Note(db, cohort, count, now);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(new CountView(count, now));
    }

    private static async Task<IResult> ListAsync(
        int id, Paging paging, Caller caller, ControlDb db, CohortCompiler compiler, MemberReader reader, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (paging.Problem is { } wrong)
        {
            return wrong;
        }

        if (await CohortAccess.FindAsync(db, caller, id, cancellationToken) is not { } cohort)
        {
            return ApiProblem.NotFound("cohort");
        }

        var (query, problem) = await CompileAsync(compiler, cohort, clock.GetUtcNow(), cancellationToken);
        return query is null
            ? problem!
            : TypedResults.Ok(paging.Page(
                await reader.PageAsync(query, paging.After, paging.Limit + 1, cancellationToken), m => m.UserId, m => MemberView.Of(m, caller)));
    }

    private static async Task<IResult> CsvAsync(
        int id, Caller caller, ControlDb db, CohortCompiler compiler, MemberReader reader, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await CohortAccess.FindAsync(db, caller, id, cancellationToken) is not { } cohort)
        {
            return ApiProblem.NotFound("cohort");
        }

        var (query, problem) = await CompileAsync(compiler, cohort, clock.GetUtcNow(), cancellationToken);
        return query is null
            ? problem!
            : TypedResults.Stream(body => WriteCsvAsync(body, reader.All(query), caller, cancellationToken), "text/csv; charset=utf-8");
    }

    private static async Task WriteCsvAsync(Stream body, IEnumerable<Member> members, Caller caller, CancellationToken cancellationToken)
    {
        await using var text = new StreamWriter(body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        await using var csv = new CsvWriter(text, CultureInfo.InvariantCulture, leaveOpen: true);
        Write(csv, "distinct_id", "email", "iterable_user_id", "first_name", "last_name");
        await csv.NextRecordAsync();
        var rows = 0;
        foreach (var member in members)
        {
            var shown = MemberView.Of(member, caller);
            Write(csv, shown.DistinctId, shown.Email, shown.IterableUserId, shown.FirstName, shown.LastName);
            await csv.NextRecordAsync();
            if (++rows % RowsPerFlush == 0)
            {
                await csv.FlushAsync();
                await text.FlushAsync(cancellationToken);
            }
        }

        await csv.FlushAsync();
        await text.FlushAsync(cancellationToken);
    }

    private static void Write(CsvWriter csv, params ReadOnlySpan<string?> fields)
    {
        foreach (var field in fields)
        {
            csv.WriteField(field);
        }
    }

    private static async Task<IResult> HistoryAsync(int id, Caller caller, ControlDb db, CancellationToken cancellationToken) =>
        await CohortAccess.FindAsync(db, caller, id, cancellationToken) is null
            ? ApiProblem.NotFound("cohort")
            : TypedResults.Ok(await db.CohortCounts.Where(c => c.CohortId == id).OrderBy(c => c.Id)
                .Select(c => new SizeView(c.At, c.Count)).ToListAsync(cancellationToken));

    private static async Task<IResult> PreviewAsync(
        int projectId, RequestBody body, Caller caller, ControlDb db, CohortCompiler compiler, MemberReader reader,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!await CohortAccess.ProjectExistsAsync(db, caller, projectId, cancellationToken))
        {
            return ApiProblem.NotFound("project");
        }

        var definition = await CohortEndpoints.ReadAsync(body, body.Json("definition"), db, projectId, null, cancellationToken);
        if (body.HasFaults(out var problem) || definition is null)
        {
            return problem!;
        }

        var query = await compiler.CompileAsync(projectId, definition, clock.GetUtcNow(), cancellationToken);
        var (count, sample) = await reader.PreviewAsync(query, SampleSize, cancellationToken);
        return TypedResults.Ok(new PreviewView(count, [.. sample.Select(m => MemberView.Of(m, caller))]));
    }

    private static async Task<(MemberQuery? Query, IResult? Problem)> CompileAsync(
        CohortCompiler compiler, Cohort cohort, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            return (await compiler.CompileAsync(cohort.ProjectId, cohort.Id, now, cancellationToken), null);
        }
        catch (CohortException e)
        {
            return (null, ApiProblem.Conflict(e.Message));
        }
    }

    private sealed record CountView(long Count, DateTimeOffset CountedAt);

    private sealed record SizeView(DateTimeOffset At, long Count);

    private sealed record PreviewRequest(JsonElement Definition);

    private sealed record PreviewView(long Count, IReadOnlyList<MemberView> Sample);

    private sealed record MemberView(string DistinctId, string? Email, string? IterableUserId, string? FirstName, string? LastName)
    {
        /// <summary>Consumers see who is a member, not what leads to the person.</summary>
        public static MemberView Of(Member member, Caller caller) => caller.Role == Role.Consumer
            ? new MemberView(member.DistinctId, null, null, null, null)
            : new MemberView(member.DistinctId, member.Email, member.IterableUserId, member.FirstName, member.LastName);
    }
}
