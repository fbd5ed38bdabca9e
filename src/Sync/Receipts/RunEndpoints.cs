using System.Globalization;
using CsvHelper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Control.Api;
using Muster.Control.Audit;
using Muster.Control.Tokens;

namespace Muster.Syncs.Receipts;

internal static class RunEndpoints
{
    private static readonly string[] Columns = ["distinct_id", "email", "iterable_user_id", "operation", "outcome", "reason"];
    private static readonly string[] Operations = ["add", "remove", "no-op", "none"];
    private static readonly string[] Outcomes = ["added", "removed", "unchanged", "skipped", "rejected"];

    public static void MapRunEndpoints(this IEndpointRouteBuilder api)
    {
        api.MapGet("/syncs/{id:int}/runs", ListAsync).WithTags("runs").RequireAuthorization(Policies.Consumer)
            .WithSummary("A sync's runs, latest first").Produces<Page<RunView>>();
        var one = api.MapGroup("/runs/{id:long}").WithTags("runs").RequireAuthorization(Policies.Consumer);
        one.MapGet("/", GetAsync).WithSummary("One run").Produces<RunView>();
        one.MapGet("/receipts", ReceiptsAsync).WithSummary("What became of each member in this run").Produces<Page<Receipt>>();
        one.MapGet("/receipts.csv", ReceiptsCsvAsync).WithSummary("All receipts, as CSV").Produces<string>(200, "text/csv").Audited("receipts.exported");
    }

    private static async Task<IResult> ListAsync(int id, Paging paging, Caller caller, ControlDb db, CancellationToken cancellationToken)
    {
        var projectId = await db.Syncs.Where(s => s.Id == id).Select(s => (int?)s.ProjectId).SingleOrDefaultAsync(cancellationToken);
        if (projectId is not { } project || !caller.Sees(project))
        {
            return ApiProblem.NotFound("sync");
        }

        if (paging.Problem is { } problem)
        {
            return problem;
        }

        var runs = await db.Runs.AsNoTracking()
            .Where(r => r.SyncId == id && (paging.After == 0 || r.Id < paging.After))
            .OrderByDescending(r => r.Id).Take(paging.Limit + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(paging.Page(runs, r => r.Id, RunView.Of));
    }

    private static async Task<IResult> GetAsync(long id, Caller caller, ControlDb db, CancellationToken cancellationToken) =>
        await FindAsync(id, caller, db, cancellationToken) is { } run ? TypedResults.Ok(RunView.Of(run)) : ApiProblem.NotFound("run");

    private static async Task<IResult> ReceiptsAsync(
        long id, Paging paging, string? operation, string? outcome, string? q,
        Caller caller, ControlDb db, ReceiptReader receipts, CancellationToken cancellationToken)
    {
        if (paging.Problem is { } problem || !TryFilter(operation, outcome, q, caller, out var filter, out problem))
        {
            return problem;
        }

        if (await FindAsync(id, caller, db, cancellationToken) is not { } run)
        {
            return ApiProblem.NotFound("run");
        }

        var read = await receipts.ReadPageAsync(run, filter, paging.After, paging.Limit + 1, cancellationToken);
        return TypedResults.Ok(paging.Page(read, r => r.Position, r => Shown(r, caller)));
    }

    private static async Task<IResult> ReceiptsCsvAsync(
        long id, string? operation, string? outcome, string? q,
        Caller caller, ControlDb db, ReceiptReader receipts, CancellationToken cancellationToken)
    {
        if (!TryFilter(operation, outcome, q, caller, out var filter, out var problem))
        {
            return problem;
        }

        if (await FindAsync(id, caller, db, cancellationToken) is not { } run)
        {
            return ApiProblem.NotFound("run");
        }

        return TypedResults.Stream(
            async stream =>
            {
                await using var writer = new StreamWriter(stream);
                await using var csv = new CsvWriter(writer, CultureInfo.InvariantCulture);
                foreach (var column in Columns)
                {
                    csv.WriteField(column);
                }

                await csv.NextRecordAsync();
                await foreach (var read in receipts.ReadAllAsync(run, filter, cancellationToken))
                {
                    var receipt = Shown(read, caller);
                    csv.WriteField(receipt.DistinctId);
                    csv.WriteField(receipt.Email);
                    csv.WriteField(receipt.IterableUserId);
                    csv.WriteField(receipt.Operation);
                    csv.WriteField(receipt.Outcome);
                    csv.WriteField(receipt.Reason);
                    await csv.NextRecordAsync();
                }
            },
            "text/csv", string.Create(CultureInfo.InvariantCulture, $"receipts-{run.Id}.csv"));
    }

    private static bool TryFilter(
        string? operation, string? outcome, string? search, Caller caller, out ReceiptFilter filter, out IResult problem)
    {
        filter = new ReceiptFilter(Given(operation), Given(outcome), Given(search)) { SearchesIdsOnly = caller.Role == Role.Consumer };
        var faults = new List<Fault>();
        if (filter.Operation is not null && !Operations.Contains(filter.Operation))
        {
            faults.Add(new Fault("operation", $"must be one of {string.Join(", ", Operations)}"));
        }

        if (filter.Outcome is not null && !Outcomes.Contains(filter.Outcome))
        {
            faults.Add(new Fault("outcome", $"must be one of {string.Join(", ", Outcomes)}"));
        }

        problem = ApiProblem.Invalid(faults);
        return faults.Count == 0;

        static string? Given(string? value) => string.IsNullOrEmpty(value) ? null : value;
    }

    // Consumers see what became of each member, not what leads to the person.
    private static Receipt Shown(Receipt receipt, Caller caller) =>
        caller.Role == Role.Consumer ? receipt with { Email = null, IterableUserId = null } : receipt;

    private static async Task<Run?> FindAsync(long id, Caller caller, ControlDb db, CancellationToken cancellationToken)
    {
        var run = await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancellationToken);
        var projectId = run is null ? null : await db.Syncs.Where(s => s.Id == run.SyncId).Select(s => (int?)s.ProjectId).SingleOrDefaultAsync(cancellationToken);
        return projectId is { } project && caller.Sees(project) ? run : null;
    }
}
