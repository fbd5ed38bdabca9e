using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Muster.Control.Api;
using Muster.Control.Tokens;

namespace Muster.Control.Projects;

internal static class ProjectEndpoints
{
    public static void MapProjects(this IEndpointRouteBuilder api)
    {
        var projects = api.MapGroup("/projects").WithTags("projects");
        projects.MapPost("/", CreateAsync).RequireAuthorization(Policies.Admin)
            .WithSummary("Make a project").Accepts<NewProject>("application/json").Produces<ProjectView>(201);
        projects.MapGet("/", ListAsync).RequireAuthorization(Policies.Consumer)
            .WithSummary("List the projects you may see").Produces<Page<ProjectView>>();
        projects.MapGet("/{id:int}", GetAsync).RequireAuthorization(Policies.Consumer)
            .WithSummary("One project").Produces<ProjectView>();
        projects.MapPatch("/{id:int}", ChangeAsync).RequireAuthorization(Policies.Admin)
            .WithSummary("Change name, time zone or the number of monthly tracked users to be warned at").Accepts<ProjectChange>("application/json").Produces<ProjectView>();
    }

    private static async Task<IResult> CreateAsync(
        RequestBody body, Caller caller, ControlDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (caller.Grants.Everywhere is not Role.Admin)
        {
            return ApiProblem.Of(StatusCodes.Status403Forbidden, "forbidden", "Who is admin of single projects cannot make another one; ask an admin of every project, or use a token without a project.");
        }

        var name = body.Text("name");
        var timezone = Timezone(body) ?? "UTC";
        var idMerge = body.OptionalEnum<IdMerge>("idMerge") ?? IdMerge.Simplified;
        if (body.HasFaults(out var problem))
        {
            return problem;
        }

        var project = new Project
        {
            Name = name,
            Timezone = timezone,
            IdMerge = idMerge,
            Token = Secrets.New(16),
            ApiSecret = Secrets.New(16),
            CreatedAt = clock.GetUtcNow(),
        };
        db.Projects.Add(project);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created($"/api/v1/projects/{project.Id}", ProjectView.Of(project, caller));
    }

    private static async Task<IResult> ListAsync(Paging paging, Caller caller, ControlDb db, CancellationToken cancellationToken)
    {
        if (paging.Problem is { } problem)
        {
            return problem;
        }

        var visible = caller.Grants.ProjectsWith(Role.Consumer);
        var read = await db.Projects.AsNoTracking()
            .Where(p => p.Id > paging.After && (visible == null || visible.Contains(p.Id)))
            .OrderBy(p => p.Id).Take(paging.Limit + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(paging.Page(read, p => p.Id, p => ProjectView.Of(p, caller)));
    }

    private static async Task<IResult> GetAsync(int id, Caller caller, ControlDb db, CancellationToken cancellationToken) =>
        await FindAsync(db, id, caller, cancellationToken) is { } project
            ? TypedResults.Ok(ProjectView.Of(project, caller))
            : ApiProblem.NotFound("project");

    private static async Task<IResult> ChangeAsync(
        int id, RequestBody body, Caller caller, ControlDb db, CancellationToken cancellationToken)
    {
        var name = body.OptionalText("name");
        var timezone = Timezone(body);
        var mtuAlert = body.OptionalWholeNumber("mtuAlert", 1, long.MaxValue);
        if (body.HasFaults(out var problem))
        {
            return problem;
        }

        if (await FindAsync(db, id, caller, cancellationToken) is not { } project)
        {
            return ApiProblem.NotFound("project");
        }

        project.Name = name ?? project.Name;
        project.Timezone = timezone ?? project.Timezone;
        if (body.Has("mtuAlert") || body.IsNull("mtuAlert"))
        {
            (project.MtuAlert, project.MtuAlertedFor) = (mtuAlert, null);
        }

        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(ProjectView.Of(project, caller));
    }

    private static async Task<Project?> FindAsync(ControlDb db, int id, Caller caller, CancellationToken cancellationToken) =>
        caller.Sees(id) ? await db.Projects.SingleOrDefaultAsync(p => p.Id == id, cancellationToken) : null;

    private static string? Timezone(RequestBody body)
    {
        var name = body.OptionalText("timezone");
        if (name is { Length: > 0 } && !TimeZoneInfo.TryFindSystemTimeZoneById(name, out _))
        {
            body.AddFault("timezone", "must be an IANA time zone, as Europe/Berlin");
        }

        return name;
    }

    private sealed record NewProject(string Name, string? Timezone, IdMerge? IdMerge);

    private sealed record ProjectChange(string? Name, string? Timezone, long? MtuAlert);

    private sealed record ProjectView(
        int Id, string Name, string Timezone, IdMerge IdMerge, string Token, string? ApiSecret, long? MtuAlert, DateTimeOffset CreatedAt)
    {
        public static ProjectView Of(Project project, Caller caller) => new(
            project.Id, project.Name, project.Timezone, project.IdMerge, project.Token,
            caller.Has(Role.Admin, project.Id) ? project.ApiSecret : null, project.MtuAlert, project.CreatedAt);
    }
}
