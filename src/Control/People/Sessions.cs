using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Muster.Control.Api;
using Muster.Control.Tokens;

namespace Muster.Control.People;

/// <summary>Signed-in browsers: begun, looked up with each request, and ended.</summary>
public sealed class Sessions(IDbContextFactory<ControlDb> factory, TimeProvider clock)
{
    /// <summary>How long one lasts at most.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>How long one lasts in which nothing is done.</summary>
    internal static readonly TimeSpan LongestIdle = TimeSpan.FromDays(7);

    // Seen once in a while is enough to be written down.
    private static readonly TimeSpan Blink = TimeSpan.FromMinutes(5);

    private const int LongestBrowser = 255;

    /// <summary>Signs a person in with the browser that makes the request: always a new session, whatever cookie it came with.</summary>
    public async Task<Caller> StartAsync(HttpContext context, Person person, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var key = Secrets.New(32);
        var browser = context.Request.Headers.UserAgent.ToString();
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        await db.Sessions.Where(s => s.PersonId == person.Id && (s.CreatedAt < now - Longest || s.LastSeenAt < now - LongestIdle))
            .ExecuteDeleteAsync(cancellationToken);
        db.Sessions.Add(new Session
        {
            PersonId = person.Id,
            Hash = ApiTokens.Hash(key),
            CreatedAt = now,
            LastSeenAt = now,
            Browser = browser.Length > LongestBrowser ? browser[..LongestBrowser] : browser,
        });
        await db.SaveChangesAsync(cancellationToken);
        await db.People.Where(p => p.Id == person.Id).ExecuteUpdateAsync(p => p.SetProperty(x => x.LastSignInAt, now), cancellationToken);

        var caller = await CallerOfAsync(db, person.Id, cancellationToken)
            ?? throw new InvalidOperationException($"Person {person.Id} was deleted while signing in.");
        var cookie = new ClaimsPrincipal(new ClaimsIdentity([new Claim(SessionCookie.KeyClaim, key)], SessionCookie.SchemeName));
        await context.SignInAsync(SessionCookie.SchemeName, cookie, new AuthenticationProperties { IsPersistent = true });
        return caller;
    }

    /// <summary>Ends the session of the request, for whoever holds its cookie.</summary>
    public async Task EndAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (context.User.FindFirst(SessionCookie.KeyClaim) is { } key)
        {
            var hash = ApiTokens.Hash(key.Value);
            await using var db = await factory.CreateDbContextAsync(cancellationToken);
            await db.Sessions.Where(s => s.Hash == hash).ExecuteDeleteAsync(cancellationToken);
        }

        await context.SignOutAsync(SessionCookie.SchemeName);
    }

    /// <summary>Ends every session of a person.</summary>
    public async Task EndAllAsync(int personId, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        await db.Sessions.Where(s => s.PersonId == personId).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Who holds a principal, as things stand now; null when the session is over. For what outlives a request, as a page with a connection does.</summary>
    public Task<Caller?> RenewAsync(ClaimsPrincipal principal, CancellationToken cancellationToken) =>
        principal.FindFirst(SessionCookie.KeyClaim) is { } key ? FindAsync(key.Value, cancellationToken) : Task.FromResult<Caller?>(null);

    /// <summary>Who holds a session's key; null when there is no such session, or no longer.</summary>
    internal async Task<Caller?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var hash = ApiTokens.Hash(key);
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var session = await db.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.Hash == hash, cancellationToken);
        if (session is null || now - session.CreatedAt >= Longest || now - session.LastSeenAt >= LongestIdle)
        {
            return null;
        }

        if (now - session.LastSeenAt > Blink)
        {
            await db.Sessions.Where(s => s.Id == session.Id).ExecuteUpdateAsync(s => s.SetProperty(x => x.LastSeenAt, now), cancellationToken);
        }

        return await CallerOfAsync(db, session.PersonId, cancellationToken);
    }

    private static async Task<Caller?> CallerOfAsync(ControlDb db, int personId, CancellationToken cancellationToken)
    {
        var person = await db.People.Where(p => p.Id == personId).Select(p => new { p.Email, p.IsInstanceAdmin }).SingleOrDefaultAsync(cancellationToken);
        if (person is null)
        {
            return null;
        }

        var grants = person.IsInstanceAdmin
            ? Grants.Of(Role.Admin, null)
            : new Grants(null, await db.Memberships.Where(m => m.PersonId == personId && m.AcceptedAt != null)
                .ToDictionaryAsync(m => m.ProjectId, m => m.Role, cancellationToken));
        return Caller.Of(Caller.IdOfPerson(personId), person.Email!, grants);
    }
}
