using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Muster.Cohorts.Compilation;
using Muster.Cohorts.Definition;
using Muster.Cohorts.Membership;
using Muster.Control;
using Muster.Control.Api;

namespace Muster.Cohorts;

/// <summary>Making, reading, changing and deleting cohorts.</summary>
internal static class CohortEndpoints
{
    public static void MapDefinitions(this IEndpointRouteBuilder api)
    {
        var ofProject = api.MapGroup("/projects/{projectId:int}/cohorts").WithTags("cohorts");
        ofProject.MapPost("/", CreateAsync).RequireAuthorization(Policies.Analyst)
            .WithSummary("Make a cohort").Accepts<NewCohort>("application/json").Produces<CohortView>(201);
        ofProject.MapGet("/", ListAsync).RequireAuthorization(Policies.Consumer)
            .WithSummary("List a project's cohorts").Produces<Page<CohortView>>();

        var cohorts = api.MapGroup("/cohorts/{id:int}").WithTags("cohorts");
        cohorts.MapGet("/", GetAsync).RequireAuthorization(Policies.Consumer)
            .WithSummary("One cohort").Produces<CohortView>();
        cohorts.MapPatch("/", ChangeAsync).RequireAuthorization(Policies.Analyst)
            .WithSummary("Change name, description or definition").Accepts<CohortChange>("application/json").Produces<CohortView>();
        cohorts.MapDelete("/", DeleteAsync).RequireAuthorization(Policies.Analyst)
            .WithSummary("Delete a cohort that nothing uses").Produces(204);
        cohorts.MapPost("/duplicate", DuplicateAsync).RequireAuthorization(Policies.Analyst)
            .WithSummary("Make a copy").Produces<CohortView>(201);
    }

    private static async Task<IResult> CreateAsync(
        int projectId, RequestBody body, Caller caller, ControlDb db, CohortCompiler compiler, MemberReader reader,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!await CohortAccess.ProjectExistsAsync(db, caller, projectId, cancellationToken))
        {
            return ApiProblem.NotFound("project");
        }

        var name = body.Text("name");
        var description = body.OptionalText("description", 4000);
        var json = body.Json("definition");
        var definition = await ReadAsync(body, json, db, projectId, null, cancellationToken);
        if (body.HasFaults(out var problem) || definition is null)
        {
            return problem!;
        }

        var now = clock.GetUtcNow();
        var count = await reader.CountAsync(await compiler.CompileAsync(projectId, definition, now, cancellationToken), cancellationToken);
        var cohort = New(projectId, name, description, json.GetRawText(), caller, now);
        db.Cohorts.Add(cohort);
        await db.SaveChangesAsync(cancellationToken);
        CohortSizes.Note(db, cohort, count, now);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created($"/api/v1/cohorts/{cohort.Id}", CohortView.Of(cohort));
    }

    private static async Task<IResult> ListAsync(
        int projectId, Paging paging, Caller caller, ControlDb db, CancellationToken cancellationToken)
    {
        if (paging.Problem is { } problem)
        {
            return problem;
        }

        if (!await CohortAccess.ProjectExistsAsync(db, caller, projectId, cancellationToken))
        {
            return ApiProblem.NotFound("project");
        }

        var read = await db.Cohorts.AsNoTracking().Where(c => c.ProjectId == projectId && c.Id > paging.After)
            .OrderBy(c => c.Id).Take(paging.Limit + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(paging.Page(read, c => c.Id, CohortView.Of));
    }

    private static async Task<IResult> GetAsync(int id, Caller caller, ControlDb db, CancellationToken cancellationToken) =>
        await CohortAccess.FindAsync(db, caller, id, cancellationToken) is { } cohort
            ? TypedResults.Ok(CohortView.Of(cohort))
            : ApiProblem.NotFound("cohort");

    private static async Task<IResult> ChangeAsync(
        int id, RequestBody body, Caller caller, ControlDb db, CohortCompiler compiler, MemberReader reader,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await CohortAccess.FindAsync(db, caller, id, cancellationToken) is not { } cohort)
        {
            return ApiProblem.NotFound("cohort");
        }

        var name = body.OptionalText("name");
        var description = body.OptionalText("description", 4000);
        var clearsDescription = body.IsNull("description");
        JsonElement json = default;
        ReadDefinition? definition = null;
        if (body.Has("definition"))
        {
            json = body.Json("definition");
            if (cohort.Definition is null)
            {
                body.AddFault("definition", "cannot be given to an uploaded cohort: its members are fixed");
            }
            else
            {
                definition = await ReadAsync(body, json, db, cohort.ProjectId, cohort.Id, cancellationToken);
            }
        }

        if (body.HasFaults(out var problem))
        {
            return problem;
        }

        var now = clock.GetUtcNow();
        cohort.Name = name ?? cohort.Name;
        cohort.Description = clearsDescription ? null : description ?? cohort.Description;
        cohort.UpdatedAt = now;
        if (definition is not null)
        {
            cohort.Definition = json.GetRawText();
            CohortSizes.Note(
                db, cohort, await reader.CountAsync(await compiler.CompileAsync(cohort.ProjectId, definition, now, cancellationToken), cancellationToken), now);
        }

        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(CohortView.Of(cohort));
    }

    private static async Task<IResult> DeleteAsync(
        int id, Caller caller, ControlDb db, CohortUploads uploads, CancellationToken cancellationToken)
    {
        if (await CohortAccess.FindAsync(db, caller, id, cancellationToken) is not { } cohort)
        {
            return ApiProblem.NotFound("cohort");
        }

        var syncs = await db.Syncs.Where(s => s.CohortId == id && s.DeletedAt == null).OrderBy(s => s.Id)
            .Select(s => $"{s.ListName} (sync {s.Id})").ToListAsync(cancellationToken);
        if (syncs.Count > 0)
        {
            return ApiProblem.Conflict($"\"{cohort.Name}\" is exported to {string.Join(", ", syncs)}. Delete what exports it first.");
        }

        var referrers = (await CohortGraph.LoadAsync(db, cohort.ProjectId, cancellationToken)).ReferrersOf(id);
        if (referrers.Count > 0)
        {
            var names = await db.Cohorts.Where(c => referrers.Contains(c.Id)).OrderBy(c => c.Id)
                .Select(c => $"\"{c.Name}\" (cohort {c.Id})").ToListAsync(cancellationToken);
            return ApiProblem.Conflict($"\"{cohort.Name}\" is part of the definition of {string.Join(", ", names)}. Change that first.");
        }

        await db.CohortCounts.Where(c => c.CohortId == id).ExecuteDeleteAsync(cancellationToken);
        db.Cohorts.Remove(cohort);
        await db.SaveChangesAsync(cancellationToken);
        if (cohort.Definition is null)
        {
            uploads.Forget(id);
        }

        return TypedResults.NoContent();
    }

    private static async Task<IResult> DuplicateAsync(
        int id, Caller caller, ControlDb db, CohortUploads uploads, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await CohortAccess.FindAsync(db, caller, id, cancellationToken) is not { } cohort)
        {
            return ApiProblem.NotFound("cohort");
        }

        const string Suffix = " (copy)";
        var name = cohort.Name[..Math.Min(cohort.Name.Length, 255 - Suffix.Length)] + Suffix;
        var copy = New(cohort.ProjectId, name, cohort.Description, cohort.Definition, caller, clock.GetUtcNow());
        copy.Count = cohort.Count;
        copy.CountedAt = cohort.CountedAt;
        db.Cohorts.Add(copy);
        await db.SaveChangesAsync(cancellationToken);
        if (copy.Definition is null)
        {
            uploads.CopyIds(cohort.Id, copy.Id);
        }

        return TypedResults.Created($"/api/v1/cohorts/{copy.Id}", CohortView.Of(copy));
    }

    /// <summary>Reads a definition of the request; its faults are the request's.</summary>
    internal static async Task<ReadDefinition?> ReadAsync(
        RequestBody body, JsonElement json, ControlDb db, int projectId, int? cohortId, CancellationToken cancellationToken)
    {
        if (json.ValueKind == JsonValueKind.Undefined)
        {
            return null;
        }

        var definition = DefinitionReader.Read(json);
        var faults = definition.Faults.ToList();
        if (definition.References.Count > 0)
        {
            faults.AddRange((await CohortGraph.LoadAsync(db, projectId, cancellationToken)).Check(definition, cohortId));
        }

        faults.ForEach(body.AddFault);
        return faults.Count == 0 ? definition : null;
    }

    internal static Cohort New(int projectId, string name, string? description, string? definition, Caller caller, DateTimeOffset now) => new()
    {
        ProjectId = projectId,
        Name = name,
        Description = description,
        Definition = definition,
        CreatedAt = now,
        UpdatedAt = now,
        CreatedBy = caller.Name,
    };

    private sealed record NewCohort(string Name, string? Description, JsonElement Definition);

    private sealed record CohortChange(string? Name, string? Description, JsonElement? Definition);
}
