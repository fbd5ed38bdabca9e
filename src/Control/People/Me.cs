using Microsoft.EntityFrameworkCore;
using Muster.Control.Api;
using Muster.Control.Tokens;

namespace Muster.Control.People;

/// <summary>A project that someone sees, and what they may do there.</summary>
public sealed record MyProject(int Id, string Name, Role Role);

/// <summary>Who is signed in.</summary>
/// <param name="Id"><c>person:3</c> or <c>token:7</c>.</param>
/// <param name="Name">The person's address, or the token's name.</param>
/// <param name="Everywhere">Their role in every project; null: only what <paramref name="Projects"/> says.</param>
/// <param name="TwoFactor">Whether they sign in with an authenticator app as well.</param>
/// <param name="Projects">The projects they see, by name.</param>
public sealed record MeView(string Id, string Name, Role? Everywhere, bool TwoFactor, IReadOnlyList<MyProject> Projects);

/// <summary>Shows people what they are here.</summary>
public sealed class Me(ControlDb db)
{
    /// <summary>Who a caller is, with the projects they see.</summary>
    public async Task<MeView> ShowAsync(Caller caller, CancellationToken cancellationToken)
    {
        var visible = caller.Grants.ProjectsWith(Role.Consumer);
        var projects = await db.Projects.AsNoTracking().Where(p => visible == null || visible.Contains(p.Id))
            .OrderBy(p => p.Name).ThenBy(p => p.Id).Select(p => new { p.Id, p.Name }).ToListAsync(cancellationToken);
        var twoFactor = caller.PersonId is { } id && await db.People.AnyAsync(p => p.Id == id && p.TwoFactorEnabled, cancellationToken);
        return new MeView(
            caller.Id, caller.Name, caller.Grants.Everywhere, twoFactor,
            [.. projects.Select(p => new MyProject(p.Id, p.Name, caller.Grants.In(p.Id)!.Value))]);
    }
}
