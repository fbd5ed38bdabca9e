using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Muster.Control.Tokens;

namespace Muster.Control.People;

/// <summary>What a one-time link is for.</summary>
/// <param name="Email">Whose it is.</param>
/// <param name="Project">The project it lets into; null: it sets a new password only.</param>
/// <param name="Role">As what.</param>
/// <param name="NeedsPassword">Whether they choose a password with it; otherwise they have one, and sign in with that.</param>
public sealed record OpenInvitation(string Email, string? Project, Role? Role, bool NeedsPassword);

/// <summary>One-time links: into a project, or to a new password. Whoever made one hands it over themselves; no mail is sent.</summary>
public sealed class Invitations(ControlDb db, TimeProvider clock)
{
    /// <summary>How long a link is good.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>The page that a link leads to.</summary>
    public const string Page = "/invitation";

    /// <summary>A new link's secret, what is kept of it, and when it stops working.</summary>
    internal (string Secret, string Hash, DateTimeOffset ExpiresAt) New()
    {
        var secret = Secrets.New(32);
        return (secret, ApiTokens.Hash(secret), clock.GetUtcNow() + Lifetime);
    }

    /// <summary>The path of a link on this server.</summary>
    internal static string Path(string secret) => $"{Page}?key={secret}";

    /// <summary>The whole link, at the address that the request came to.</summary>
    internal static string Url(HttpRequest request, string secret) => $"{request.Scheme}://{request.Host}{request.PathBase}{Path(secret)}";

    /// <summary>What a link is for; null: it is unknown, used or too old.</summary>
    public async Task<OpenInvitation?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        var (person, membership) = await OpenAsync(secret, cancellationToken);
        return person is null ? null : new OpenInvitation(
            person.Email!,
            membership is null ? null : await db.Projects.Where(p => p.Id == membership.ProjectId).Select(p => p.Name).SingleAsync(cancellationToken),
            membership?.Role,
            membership is null || person.PasswordHash is null);
    }

    /// <summary>Whose link it is and the membership it opens; nobody when it is unknown, used or too old. Both are tracked.</summary>
    internal async Task<(Person? Person, Membership? Membership)> OpenAsync(string secret, CancellationToken cancellationToken)
    {
        var hash = ApiTokens.Hash(secret);
        var now = clock.GetUtcNow();
        if (await db.Memberships.SingleOrDefaultAsync(m => m.InvitationHash == hash && m.InvitationExpiresAt > now, cancellationToken) is { } membership)
        {
            return (await db.People.SingleAsync(p => p.Id == membership.PersonId, cancellationToken), membership);
        }

        return (await db.People.SingleOrDefaultAsync(p => p.ResetHash == hash && p.ResetExpiresAt > now, cancellationToken), null);
    }

    /// <summary>Uses a link up. Of two requests with the same link one finds it used.</summary>
    internal async Task<bool> UseAsync(Person person, Membership? membership, CancellationToken cancellationToken)
    {
        if (membership is null)
        {
            return await db.People.Where(p => p.Id == person.Id && p.ResetHash == person.ResetHash)
                .ExecuteUpdateAsync(p => p.SetProperty(x => x.ResetHash, (string?)null).SetProperty(x => x.ResetExpiresAt, (DateTimeOffset?)null), cancellationToken) == 1;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.Memberships.Where(m => m.Id == membership.Id && m.InvitationHash == membership.InvitationHash)
            .ExecuteUpdateAsync(m => m.SetProperty(x => x.InvitationHash, (string?)null).SetProperty(x => x.InvitationExpiresAt, (DateTimeOffset?)null), cancellationToken) == 0)
        {
            return false;
        }

        membership.AcceptedAt = clock.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
