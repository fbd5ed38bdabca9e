using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Muster.Cohorts.Compilation;
using Muster.Control;
using Muster.Control.Api;

namespace Muster.Cohorts.Membership;

/// <summary>Fixed cohorts from lists of ids.</summary>
internal static class UploadEndpoints
{
    // Ten million ids of a hundred bytes: as many members as an export may have.
    private const long MaxBytes = 1_000_000_000;

    public static void MapUploads(this IEndpointRouteBuilder api) =>
        api.MapPost("/projects/{projectId:int}/cohorts/upload", UploadAsync).WithTags("cohorts").RequireAuthorization(Policies.Analyst)
            .WithSummary("Make a fixed cohort from ids: the first column of CSV, or one a line")
            .WithMetadata(new RequestSizeLimitAttribute(MaxBytes))
            .Accepts<string>("text/csv", "text/plain").Produces<CohortView>(201);

    private static async Task<IResult> UploadAsync(
        int projectId, string? name, HttpRequest request, Caller caller, ControlDb db, CohortUploads uploads, CohortCompiler compiler,
        MemberReader reader, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!await CohortAccess.ProjectExistsAsync(db, caller, projectId, cancellationToken))
        {
            return ApiProblem.NotFound("project");
        }

        name = name?.Trim() ?? "";
        if (name.Length is 0 or > 255)
        {
            return ApiProblem.Invalid(new Fault("name", "is required: ?name= with 1 to 255 characters"));
        }

        var csv = request.ContentType?.StartsWith("text/csv", StringComparison.OrdinalIgnoreCase) == true;
        var now = clock.GetUtcNow();
        var cohort = CohortEndpoints.New(projectId, name, null, null, caller, now);
        db.Cohorts.Add(cohort);
        await db.SaveChangesAsync(cancellationToken);
        var stored = 0L;
        Fault? fault = null;
        try
        {
            stored = await uploads.StoreAsync(cohort.Id, UploadedIds.ReadAsync(request.Body, csv, cancellationToken), cancellationToken);
            fault = stored == 0 ? new Fault("", "The body has no id: send one a line, or CSV with the ids in its first column.") : null;
        }
        catch (DecoderFallbackException)
        {
            fault = new Fault("", "The body is not UTF-8.");
        }
        finally
        {
            // Without its ids the cohort would look like an empty one.
            if (stored == 0)
            {
                db.Cohorts.Remove(cohort);
                await db.SaveChangesAsync(CancellationToken.None);
            }
        }

        if (fault is not null)
        {
            return ApiProblem.Invalid(fault);
        }

        CohortSizes.Note(db, cohort, await reader.CountAsync(await compiler.CompileAsync(projectId, cohort.Id, now, cancellationToken), cancellationToken), now);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created($"/api/v1/cohorts/{cohort.Id}", CohortView.Of(cohort));
    }
}
