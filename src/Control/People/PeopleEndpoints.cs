using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Muster.Control.Api;
using Muster.Control.Tokens;

namespace Muster.Control.People;

/// <summary>The people of a project.</summary>
internal static class PeopleEndpoints
{
    public static void MapPeople(this IEndpointRouteBuilder api)
    {
        var people = api.MapGroup("/projects/{projectId:int}/people").WithTags("people").RequireAuthorization(Policies.Admin);
        people.MapGet("/", ListAsync).WithSummary("Who may do what in a project").Produces<Page<PersonView>>();
        people.MapPost("/", AddAsync).WithSummary("Add someone; without a password the answer has a one-time link for them")
            .Accepts<NewPerson>("application/json").Produces<PersonView>(201).Produces<PersonView>();
        people.MapPatch("/{id:int}", ChangeAsync).WithSummary("Change someone's role").Accepts<PersonChange>("application/json").Produces<PersonView>();
        people.MapDelete("/{id:int}", RemoveAsync)
            .WithSummary("Take someone out of the project; an account that is in no project any more is deleted").Produces(204);
    }

    private static async Task<IResult> ListAsync(int projectId, Paging paging, Caller caller, ControlDb db, CancellationToken cancellationToken)
    {
        if (paging.Problem is { } problem)
        {
            return problem;
        }

        if (!await ExistsAsync(projectId, caller, db, cancellationToken))
        {
            return ApiProblem.NotFound("project");
        }

        var people = await db.People.AsNoTracking()
            .Where(p => p.Id > paging.After && (p.IsInstanceAdmin || db.Memberships.Any(m => m.PersonId == p.Id && m.ProjectId == projectId)))
            .OrderBy(p => p.Id).Take(paging.Limit + 1).ToListAsync(cancellationToken);
        var ids = people.Select(p => p.Id).ToList();
        var memberships = await db.Memberships.AsNoTracking().Where(m => m.ProjectId == projectId && ids.Contains(m.PersonId))
            .ToDictionaryAsync(m => m.PersonId, cancellationToken);
        return TypedResults.Ok(paging.Page(people, p => p.Id, p => View(p, memberships.GetValueOrDefault(p.Id))));
    }

    private static async Task<IResult> AddAsync(
        int projectId, RequestBody body, Caller caller, ControlDb db, Accounts accounts, Invitations invitations, TimeProvider clock, HttpRequest request,
        CancellationToken cancellationToken)
    {
        var email = body.Email("email");
        var role = body.Enum<Role>("role");
        var password = body.Has("password") ? body.NewPassword("password") : null;
        if (body.HasFaults(out var problem))
        {
            return problem;
        }

        if (!await ExistsAsync(projectId, caller, db, cancellationToken))
        {
            return ApiProblem.NotFound("project");
        }

        var person = await accounts.FindAsync(email, cancellationToken);
        if (person is not null && password is not null)
        {
            return ApiProblem.Conflict("There is an account with this address, which keeps its password. Leave the password out, and hand over the link that you get.");
        }

        if (person is { IsInstanceAdmin: true })
        {
            return ApiProblem.Conflict("They are admin of every project already.");
        }

        person ??= await accounts.CreateAsync(email, password, isInstanceAdmin: false);
        var membership = await db.Memberships.SingleOrDefaultAsync(m => m.ProjectId == projectId && m.PersonId == person.Id, cancellationToken);
        if (membership is { AcceptedAt: not null })
        {
            return ApiProblem.Conflict("They are in this project already; PATCH changes their role.");
        }

        var isNew = membership is null;
        var now = clock.GetUtcNow();
        membership ??= db.Memberships.Add(new Membership { ProjectId = projectId, PersonId = person.Id, Role = role, CreatedAt = now }).Entity;
        membership.Role = role;
        InvitationView? invitation = null;
        if (password is not null)
        {
            membership.AcceptedAt = now;
        }
        else
        {
            var link = invitations.New();
            (membership.InvitationHash, membership.InvitationExpiresAt) = (link.Hash, link.ExpiresAt);
            invitation = new InvitationView(Invitations.Url(request, link.Secret), link.ExpiresAt);
        }

        await db.SaveChangesAsync(cancellationToken);
        var view = View(person, membership) with { Invitation = invitation };
        return isNew ? TypedResults.Created($"/api/v1/projects/{projectId}/people/{person.Id}", view) : TypedResults.Ok(view);
    }

    private static async Task<IResult> ChangeAsync(
        int projectId, int id, RequestBody body, Caller caller, ControlDb db, CancellationToken cancellationToken)
    {
        var role = body.Enum<Role>("role");
        if (body.HasFaults(out var problem))
        {
            return problem;
        }

        var (person, membership, refusal) = await FindAsync(projectId, id, caller, db, cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        membership!.Role = role;
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(View(person!, membership));
    }

    private static async Task<IResult> RemoveAsync(
        int projectId, int id, Caller caller, ControlDb db, Accounts accounts, CancellationToken cancellationToken)
    {
        var (person, membership, refusal) = await FindAsync(projectId, id, caller, db, cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        db.Memberships.Remove(membership!);
        if (!await db.Memberships.AnyAsync(m => m.PersonId == id && m.ProjectId != projectId, cancellationToken))
        {
            await accounts.RemoveAsync(person!, cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<(Person? Person, Membership? Membership, IResult? Refusal)> FindAsync(
        int projectId, int id, Caller caller, ControlDb db, CancellationToken cancellationToken)
    {
        var person = caller.Sees(projectId) ? await db.People.SingleOrDefaultAsync(p => p.Id == id, cancellationToken) : null;
        if (person is { IsInstanceAdmin: true })
        {
            return (null, null, ApiProblem.Conflict("They are admin of every project; change that at /people first."));
        }

        var membership = person is null ? null
            : await db.Memberships.SingleOrDefaultAsync(m => m.ProjectId == projectId && m.PersonId == id, cancellationToken);
        return membership is null ? (null, null, ApiProblem.NotFound("person")) : (person, membership, null);
    }

    private static async Task<bool> ExistsAsync(int projectId, Caller caller, ControlDb db, CancellationToken cancellationToken) =>
        caller.Sees(projectId) && await db.Projects.AnyAsync(p => p.Id == projectId, cancellationToken);

    private static PersonView View(Person person, Membership? membership) => new(
        person.Id, person.Email!,
        person.IsInstanceAdmin ? Role.Admin : membership!.Role,
        person.IsInstanceAdmin || membership!.AcceptedAt is not null ? PersonStatus.Active : PersonStatus.Invited,
        person.IsInstanceAdmin, person.TwoFactorEnabled, person.LastSignInAt, membership?.CreatedAt ?? person.CreatedAt);

    private sealed record NewPerson(string Email, Role Role, string? Password);

    private sealed record PersonChange(Role Role);
}
