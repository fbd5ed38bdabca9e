using System.Globalization;
using CsvHelper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Control.Api;

namespace Muster.Usage.Mtu;

internal static class MtuEndpoints
{
    private const int MostMonths = 120;

    private static readonly string[] Columns =
        ["month", "mtu", "users", "qualifying_events", "exempt_events", "exempt_users_saved", "guardrail"];

    public static void MapMtu(this IEndpointRouteBuilder api)
    {
        var usage = api.MapGroup("/projects/{projectId:int}/usage").WithTags("usage").RequireAuthorization(Policies.Consumer);
        usage.MapGet("/mtu", ListAsync).WithSummary("Monthly tracked users, by month and event; from and to as 2026-11, this month when left out")
            .Produces<IReadOnlyList<MonthUsage>>();
        usage.MapGet("/mtu.csv", CsvAsync).WithSummary("Monthly tracked users as CSV, a row a month").Produces<string>(200, "text/csv");
    }

    private static async Task<IResult> ListAsync(
        int projectId, string? from, string? to, Caller caller, ControlDb db, MtuCount count, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (months, problem) = await CountAsync(projectId, from, to, caller, db, count, clock, cancellationToken);
        return problem ?? TypedResults.Ok(months);
    }

    private static async Task<IResult> CsvAsync(
        int projectId, string? from, string? to, Caller caller, ControlDb db, MtuCount count, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (months, problem) = await CountAsync(projectId, from, to, caller, db, count, clock, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        await using var text = new StringWriter(CultureInfo.InvariantCulture);
        await using var csv = new CsvWriter(text, CultureInfo.InvariantCulture);
        foreach (var column in Columns)
        {
            csv.WriteField(column);
        }

        foreach (var month in months!)
        {
            await csv.NextRecordAsync();
            csv.WriteField(month.Month);
            csv.WriteField(month.Mtu);
            csv.WriteField(month.Users);
            csv.WriteField(month.QualifyingEvents);
            csv.WriteField(month.ExemptEvents);
            csv.WriteField(month.ExemptUsersSaved);
            csv.WriteField(month.Guardrail ? "true" : "false");
        }

        await csv.NextRecordAsync();
        await csv.FlushAsync();
        return TypedResults.Text(text.ToString(), "text/csv; charset=utf-8");
    }

    private static async Task<(IReadOnlyList<MonthUsage>? Months, IResult? Problem)> CountAsync(
        int projectId, string? from, string? to, Caller caller, ControlDb db, MtuCount count, TimeProvider clock, CancellationToken cancellationToken)
    {
        var project = caller.Sees(projectId) ? await db.Projects.AsNoTracking().SingleOrDefaultAsync(p => p.Id == projectId, cancellationToken) : null;
        if (project is null)
        {
            return (null, ApiProblem.NotFound("project"));
        }

        var zone = TimeZoneInfo.FindSystemTimeZoneById(project.Timezone);
        var faults = new List<Fault>();
        var last = Read("to", to, Month.Of(clock.GetUtcNow(), zone), faults);
        var first = Read("from", from, last, faults);
        if (faults.Count == 0 && (first.CompareTo(last) > 0 || last.Ordinal - first.Ordinal >= MostMonths))
        {
            faults.Add(new Fault("from", string.Create(CultureInfo.InvariantCulture, $"must not be after to, and at most {MostMonths} months are counted at once")));
        }

        if (faults.Count > 0)
        {
            return (null, ApiProblem.Invalid(faults));
        }

        var months = new List<MonthUsage>();
        for (var month = first; month.CompareTo(last) <= 0; month = month.Next)
        {
            var usage = count.Of(projectId, month, zone, cancellationToken);
            months.Add(usage with { AlertReached = project.MtuAlert is { } alert ? usage.Mtu >= alert : null });
        }

        return (months, null);
    }

    private static Month Read(string name, string? text, Month otherwise, List<Fault> faults)
    {
        if (string.IsNullOrEmpty(text))
        {
            return otherwise;
        }

        if (!Month.TryParse(text, out var month))
        {
            faults.Add(new Fault(name, "must be a month as 2026-11"));
        }

        return month;
    }
}
