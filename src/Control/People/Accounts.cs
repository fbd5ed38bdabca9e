using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Muster.Control.People;

/// <summary>Makes accounts, changes their passwords, and deletes them.</summary>
internal sealed class Accounts(UserManager<Person> manager, ControlDb db, TimeProvider clock)
{
    /// <summary>The fewest characters a password has. Length is what makes one strong; nothing else is asked of it.</summary>
    public const int ShortestPassword = 8;

    /// <summary>The most: hashing takes its time.</summary>
    public const int LongestPassword = 200;

    /// <summary>The account with an address; null when there is none.</summary>
    public Task<Person?> FindAsync(string email, CancellationToken cancellationToken)
    {
        var normalized = manager.NormalizeEmail(email);
        return db.People.SingleOrDefaultAsync(p => p.NormalizedEmail == normalized, cancellationToken);
    }

    /// <summary>Makes an account.</summary>
    /// <param name="email">An address that no account has.</param>
    /// <param name="password">The password; null: nobody can sign in with it until one is set.</param>
    /// <param name="isInstanceAdmin">Whether they are admin of every project.</param>
    public async Task<Person> CreateAsync(string email, string? password, bool isInstanceAdmin)
    {
        var person = new Person
        {
            UserName = email,
            Email = email,
            IsInstanceAdmin = isInstanceAdmin,
            LockoutEnabled = true,
            CreatedAt = clock.GetUtcNow(),
        };
        Check(password is null ? await manager.CreateAsync(person) : await manager.CreateAsync(person, password));
        return person;
    }

    /// <summary>Sets a password, whatever the one before was; every session ends, and the second factor stays as it is.</summary>
    public async Task SetPasswordAsync(Person person, string password, CancellationToken cancellationToken)
    {
        person.PasswordHash = manager.PasswordHasher.HashPassword(person, password);
        (person.ResetHash, person.ResetExpiresAt) = (null, null);
        (person.AccessFailedCount, person.LockoutEnd) = (0, null);
        Check(await manager.UpdateSecurityStampAsync(person));
        await db.Sessions.Where(s => s.PersonId == person.Id).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Deletes an account with all that is its own, when the changes are saved.</summary>
    public async Task RemoveAsync(Person person, CancellationToken cancellationToken)
    {
        db.Memberships.RemoveRange(await db.Memberships.Where(m => m.PersonId == person.Id).ToListAsync(cancellationToken));
        db.Sessions.RemoveRange(await db.Sessions.Where(s => s.PersonId == person.Id).ToListAsync(cancellationToken));
        db.People.Remove(person);
    }

    // What a person can do wrong was checked before; since then another call may have made or changed the same account.
    private static void Check(IdentityResult result)
    {
        if (!result.Succeeded)
        {
            var message = $"The account could not be stored: {string.Join(", ", result.Errors.Select(e => e.Code))}.";
            throw result.Errors.All(e => e.Code is nameof(IdentityErrorDescriber.DuplicateUserName) or nameof(IdentityErrorDescriber.DuplicateEmail)
                or nameof(IdentityErrorDescriber.ConcurrencyFailure))
                ? new DbUpdateConcurrencyException(message)
                : new InvalidOperationException(message);
        }
    }
}
