using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Muster.Control.People;

/// <summary>What became of a try to sign in.</summary>
public enum SignInOutcome
{
    /// <summary>It is them.</summary>
    Good,

    /// <summary>The address or the password is wrong, or there were too many tries. Which of these is not said to whoever tries.</summary>
    Refused,

    /// <summary>The password is right; the six digits of their authenticator app are missing or wrong.</summary>
    CodeNeeded,
}

/// <summary>Checks who someone is: password, second factor, and not too many tries.</summary>
public sealed class SignIn(UserManager<Person> manager, ControlDb db, Secrets secrets, TimeProvider clock)
{
    /// <summary>Wrong tries in a row after which an account is closed for a while.</summary>
    internal const int MostTries = 5;

    /// <summary>How long it is closed.</summary>
    internal static readonly TimeSpan Lockout = TimeSpan.FromMinutes(5);

    // What an address that nobody has is checked against: a try takes as long as any other.
    private static readonly Lazy<(Person Person, string Hash)> Nobody = new(() =>
    {
        var person = new Person { CreatedAt = DateTimeOffset.UnixEpoch };
        return (person, new PasswordHasher<Person>().HashPassword(person, "nobody"));
    });

    /// <summary>Checks a try.</summary>
    /// <param name="email">The address.</param>
    /// <param name="password">The password.</param>
    /// <param name="code">The six digits of the authenticator app; null or empty: none were given.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What came of it, and who it is when it is good.</returns>
    public async Task<(SignInOutcome Outcome, Person? Person)> CheckAsync(string email, string password, string? code, CancellationToken cancellationToken)
    {
        var normalized = manager.NormalizeEmail(email);
        var person = await db.People.AsNoTracking().SingleOrDefaultAsync(p => p.NormalizedEmail == normalized, cancellationToken);
        if (person?.PasswordHash is not { } hash)
        {
            manager.PasswordHasher.VerifyHashedPassword(Nobody.Value.Person, Nobody.Value.Hash, password);
            return (SignInOutcome.Refused, null);
        }

        if (!await TryAsync(person.Id, hash, password, cancellationToken))
        {
            return (SignInOutcome.Refused, null);
        }

        if (person.TwoFactorEnabled && !await TakeCodeAsync(person, code, cancellationToken))
        {
            // The try stays counted: whoever has only the password cannot go through the codes.
            return (SignInOutcome.CodeNeeded, null);
        }

        await ForgetTriesAsync(person.Id, cancellationToken);
        return (SignInOutcome.Good, person);
    }

    /// <summary>Whether a password is the one of someone who is signed in; tries count as at a sign-in.</summary>
    internal async Task<bool> IsTheirPasswordAsync(int personId, string password, CancellationToken cancellationToken)
    {
        var hash = await db.People.Where(p => p.Id == personId).Select(p => p.PasswordHash).SingleAsync(cancellationToken);
        if (hash is null || !await TryAsync(personId, hash, password, cancellationToken))
        {
            return false;
        }

        await ForgetTriesAsync(personId, cancellationToken);
        return true;
    }

    /// <summary>Takes a code of the person's authenticator app, once.</summary>
    internal async Task<bool> TakeCodeAsync(Person person, string? code, CancellationToken cancellationToken)
    {
        if (person.ProtectedTotpKey is not { } key || string.IsNullOrEmpty(code)
            || Totp.Check(secrets.Unprotect(key), code, clock.GetUtcNow(), person.LastTotpStep) is not { } step)
        {
            return false;
        }

        // Of two requests with the same code only one finds the step unused.
        return await db.People.Where(p => p.Id == person.Id && p.LastTotpStep < step)
            .ExecuteUpdateAsync(p => p.SetProperty(x => x.LastTotpStep, step), cancellationToken) == 1;
    }

    private async Task<bool> TryAsync(int personId, string hash, string password, CancellationToken cancellationToken) =>
        await CountTryAsync(personId, cancellationToken)
        && manager.PasswordHasher.VerifyHashedPassword(Nobody.Value.Person, hash, password) != PasswordVerificationResult.Failed;

    // A try is counted before it is judged, so that many sent at once do not slip through together.
    private async Task<bool> CountTryAsync(int personId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var until = now + Lockout;
        await db.People.Where(p => p.Id == personId && p.LockoutEnd <= now)
            .ExecuteUpdateAsync(p => p.SetProperty(x => x.AccessFailedCount, 0).SetProperty(x => x.LockoutEnd, (DateTimeOffset?)null), cancellationToken);
        var allowed = await db.People.Where(p => p.Id == personId && p.LockoutEnd == null && p.AccessFailedCount < MostTries)
            .ExecuteUpdateAsync(p => p.SetProperty(x => x.AccessFailedCount, x => x.AccessFailedCount + 1), cancellationToken) == 1;
        await db.People.Where(p => p.Id == personId && p.LockoutEnd == null && p.AccessFailedCount >= MostTries)
            .ExecuteUpdateAsync(p => p.SetProperty(x => x.LockoutEnd, (DateTimeOffset?)until), cancellationToken);
        return allowed;
    }

    private Task<int> ForgetTriesAsync(int personId, CancellationToken cancellationToken) => db.People.Where(p => p.Id == personId)
        .ExecuteUpdateAsync(p => p.SetProperty(x => x.AccessFailedCount, 0).SetProperty(x => x.LockoutEnd, (DateTimeOffset?)null), cancellationToken);
}
