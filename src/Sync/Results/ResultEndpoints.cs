using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Control.Api;

namespace Muster.Syncs.Results;

internal static class ResultEndpoints
{
    private const int DefaultDays = 30;

    public static void MapResultEndpoints(this IEndpointRouteBuilder api) =>
        api.MapGet("/syncs/{id:int}/results", GetAsync).WithTags("syncs").RequireAuthorization(Policies.Consumer)
            .WithSummary("What members received and did, by campaign and day; from and to as 2026-11-30, the last 30 days when left out")
            .Produces<SyncResults>();

    private static async Task<IResult> GetAsync(
        int id, string? from, string? to, Caller caller, ControlDb db, ResultReader reader, TimeProvider clock, CancellationToken cancellationToken)
    {
        var sync = await db.Syncs.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, cancellationToken);
        if (sync is null || !caller.Sees(sync.ProjectId))
        {
            return ApiProblem.NotFound("sync");
        }

        var timezone = await db.Projects.Where(p => p.Id == sync.ProjectId).Select(p => p.Timezone).SingleAsync(cancellationToken);
        var faults = new List<Fault>();
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById(timezone)).DateTime);
        var last = Read("to", to, today, faults);
        var first = Read("from", from, last.AddDays(1 - DefaultDays), faults);
        if (faults.Count == 0 && first > last)
        {
            faults.Add(new Fault("from", "must not be after to"));
        }

        if (faults.Count > 0)
        {
            return ApiProblem.Invalid(faults);
        }

        var runs = await db.Runs.Where(r => r.SyncId == id).Select(r => new { r.Id, r.StartedAt, r.QueuedAt }).ToListAsync(cancellationToken);
        return TypedResults.Ok(reader.Read(new ResultQuestion(
            id, sync.ProjectId, timezone, first, last, runs.ConvertAll(r => (r.Id, r.StartedAt ?? r.QueuedAt)))));
    }

    private static DateOnly Read(string name, string? text, DateOnly otherwise, List<Fault> faults)
    {
        if (string.IsNullOrEmpty(text))
        {
            return otherwise;
        }

        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) || day.Year is < 1970 or > 9000)
        {
            faults.Add(new Fault(name, "must be a day as 2026-11-30"));
            return otherwise;
        }

        return day;
    }
}
