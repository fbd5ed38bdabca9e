using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Muster.Control.Api;
using Muster.Control.Audit;

namespace Muster.Control.People.Oidc;

/// <summary>Finds the account of someone whom the identity provider vouches for.</summary>
/// <remarks>
/// An account is theirs when it was joined with what the provider calls them. It is joined once, by an address that the
/// provider verified: at once when nobody has a password for it, and otherwise after its password was given in the same
/// browser, for whoever made the account may know that password and be someone else.
/// </remarks>
internal sealed class OidcSignIn(ControlDb db, Accounts accounts, ControlOptions options, IDataProtectionProvider protection, TimeProvider clock)
{
    internal const string CookieName = "muster_joining";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("Muster.Oidc.Joining.v1").ToTimeLimitedDataProtector();

    /// <summary>The account, or why there is none. Whoever signs in takes their open invitations along.</summary>
    public async Task<(Person? Person, AccountProblem? Problem)> FindAsync(HttpContext context, OidcIdentity identity, CancellationToken cancellationToken)
    {
        if (await db.People.SingleOrDefaultAsync(p => p.OidcIssuer == identity.Issuer && p.OidcSubject == identity.Subject, cancellationToken) is { } known)
        {
            await WelcomeAsync(context, known, cancellationToken);
            return (known, null);
        }

        if (identity.VerifiedEmail is not { } email)
        {
            return (null, AccountProblem.OidcUnverified);
        }

        if (await accounts.FindAsync(email, cancellationToken) is not { } person)
        {
            return options.Oidc?.DefaultRole is null ? (null, AccountProblem.OidcNotInvited) : (await CreateAsync(context, identity, email, cancellationToken), null);
        }

        if (person.OidcIssuer == identity.Issuer)
        {
            return (null, AccountProblem.OidcTaken);
        }

        if (person.PasswordHash is not null)
        {
            Remember(context, identity);
            return (null, AccountProblem.OidcPasswordNeeded);
        }

        if (!await IsExpectedAsync(person, cancellationToken))
        {
            return (null, AccountProblem.OidcNotInvited);
        }

        (person.OidcIssuer, person.OidcSubject) = (identity.Issuer, identity.Subject);
        await WelcomeAsync(context, person, cancellationToken);
        return (person, null);
    }

    /// <summary>Joins someone who gave their password with whom the provider just said that they are, if it did.</summary>
    public async Task JoinAsync(HttpContext context, Person person, CancellationToken cancellationToken)
    {
        if (!TryRecall(context, out var identity) || await accounts.FindAsync(identity.VerifiedEmail!, cancellationToken) is not { } found
            || found.Id != person.Id || found.OidcIssuer == identity.Issuer)
        {
            return;
        }

        (found.OidcIssuer, found.OidcSubject) = (identity.Issuer, identity.Subject);
        await WelcomeAsync(context, found, cancellationToken);
        context.Response.Cookies.Delete(CookieName, Cookie(context));
    }

    private async Task<Person> CreateAsync(HttpContext context, OidcIdentity identity, string email, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        using var acting = Actor.Act(Caller.Of("", "", Grants.None), Actor.FromOf(context), clock);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var person = await accounts.CreateAsync(email, null, isInstanceAdmin: false);
        (person.OidcIssuer, person.OidcSubject) = (identity.Issuer, identity.Subject);
        foreach (var project in await db.Projects.Select(p => p.Id).ToListAsync(cancellationToken))
        {
            db.Memberships.Add(new Membership
            {
                ProjectId = project,
                PersonId = person.Id,
                Role = options.Oidc!.DefaultRole!.Value,
                AcceptedAt = now,
                CreatedAt = now,
            });
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return person;
    }

    // An account that was made by inviting them, and still has something to come to.
    private async Task<bool> IsExpectedAsync(Person person, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return person.IsInstanceAdmin
            || await db.Memberships.AnyAsync(m => m.PersonId == person.Id && (m.AcceptedAt != null || m.InvitationExpiresAt > now), cancellationToken);
    }

    private async Task WelcomeAsync(HttpContext context, Person person, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        using var acting = Actor.Act(Caller.Of(Caller.IdOfPerson(person.Id), person.Email!, Grants.None), Actor.FromOf(context), clock);
        foreach (var open in await db.Memberships.Where(m => m.PersonId == person.Id && m.AcceptedAt == null && m.InvitationExpiresAt > now).ToListAsync(cancellationToken))
        {
            (open.AcceptedAt, open.InvitationHash, open.InvitationExpiresAt) = (now, null, null);
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    private void Remember(HttpContext context, OidcIdentity identity) => context.Response.Cookies.Append(
        CookieName, _protector.Protect(JsonSerializer.Serialize(identity), Patience), Cookie(context));

    private bool TryRecall(HttpContext context, [NotNullWhen(true)] out OidcIdentity? identity)
    {
        identity = null;
        if (context.Request.Cookies[CookieName] is not { Length: > 0 } cookie)
        {
            return false;
        }

        try
        {
            identity = JsonSerializer.Deserialize<OidcIdentity>(_protector.Unprotect(cookie));
            return identity?.VerifiedEmail is not null;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static CookieOptions Cookie(HttpContext context) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        Path = "/account",
        MaxAge = Patience,
        IsEssential = true,
    };
}
