using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Muster.Control.Api;

namespace Muster.Control.People;

/// <summary>All accounts of the installation, for the admins of every project.</summary>
internal static class AccountsEndpoints
{
    public static void MapAllAccounts(this IEndpointRouteBuilder api)
    {
        var people = api.MapGroup("/people").WithTags("people").RequireAuthorization(Policies.InstanceAdmin);
        people.MapGet("/", ListAsync).WithSummary("All accounts").Produces<Page<AccountView>>();
        people.MapPatch("/{id:int}", ChangeAsync).WithSummary("Make someone admin of every project, or no longer")
            .Accepts<AccountChange>("application/json").Produces<AccountView>();
        people.MapDelete("/{id:int}", DeleteAsync).WithSummary("Delete an account, with its part in every project").Produces(204);
        people.MapPost("/{id:int}/password-link", LinkAsync)
            .WithSummary("A one-time link with which someone sets a new password").Produces<InvitationView>(201);
    }

    private static async Task<IResult> ListAsync(Paging paging, ControlDb db, CancellationToken cancellationToken)
    {
        if (paging.Problem is { } problem)
        {
            return problem;
        }

        var people = await db.People.AsNoTracking().Where(p => p.Id > paging.After).OrderBy(p => p.Id).Take(paging.Limit + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(paging.Page(people, p => p.Id, AccountView.Of));
    }

    private static async Task<IResult> ChangeAsync(int id, RequestBody body, ControlDb db, CancellationToken cancellationToken)
    {
        var everyProject = body.Bool("everyProject");
        if (body.HasFaults(out var problem))
        {
            return problem;
        }

        if (await db.People.SingleOrDefaultAsync(p => p.Id == id, cancellationToken) is not { } person)
        {
            return ApiProblem.NotFound("person");
        }

        if (!everyProject && await IsLastAdminAsync(person, db, cancellationToken))
        {
            return LastAdmin();
        }

        person.IsInstanceAdmin = everyProject;
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(AccountView.Of(person));
    }

    private static async Task<IResult> DeleteAsync(int id, ControlDb db, Accounts accounts, CancellationToken cancellationToken)
    {
        if (await db.People.SingleOrDefaultAsync(p => p.Id == id, cancellationToken) is not { } person)
        {
            return ApiProblem.NotFound("person");
        }

        if (await IsLastAdminAsync(person, db, cancellationToken))
        {
            return LastAdmin();
        }

        await accounts.RemoveAsync(person, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> LinkAsync(
        int id, ControlDb db, Invitations invitations, HttpRequest request, CancellationToken cancellationToken)
    {
        if (await db.People.SingleOrDefaultAsync(p => p.Id == id, cancellationToken) is not { } person)
        {
            return ApiProblem.NotFound("person");
        }

        var link = invitations.New();
        (person.ResetHash, person.ResetExpiresAt) = (link.Hash, link.ExpiresAt);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created((string?)null, new InvitationView(Invitations.Url(request, link.Secret), link.ExpiresAt));
    }

    private static async Task<bool> IsLastAdminAsync(Person person, ControlDb db, CancellationToken cancellationToken) =>
        person.IsInstanceAdmin && !await db.People.AnyAsync(p => p.IsInstanceAdmin && p.Id != person.Id, cancellationToken);

    private static IResult LastAdmin() =>
        ApiProblem.Conflict("They are the last admin of every project: nobody could make another one. Make someone else one first.");

    private sealed record AccountChange(bool EveryProject);

    private sealed record AccountView(int Id, string Email, bool EveryProject, bool TwoFactor, DateTimeOffset? LastSignInAt, DateTimeOffset CreatedAt)
    {
        public static AccountView Of(Person person) =>
            new(person.Id, person.Email!, person.IsInstanceAdmin, person.TwoFactorEnabled, person.LastSignInAt, person.CreatedAt);
    }
}
