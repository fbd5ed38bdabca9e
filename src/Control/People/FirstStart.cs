using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Muster.Control.Api;
using Muster.Control.Audit;

namespace Muster.Control.People;

/// <summary>
/// The first admin: made by the settings, or by whoever has the one-time code that is in the log as long as there is no
/// admin of every project.
/// </summary>
public sealed class FirstStart(IServiceScopeFactory scopes, ControlOptions options, TimeProvider clock) : IDisposable
{
    private const int CodeLetters = 12;

    // No letter that is taken for another one.
    private const string Letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>The code, as it is shown in the log; null: there is an admin, and nothing to start.</summary>
    public string? Code { get; private set; }

    /// <summary>Makes the settings' admin, or a code when there is no admin at all.</summary>
    internal async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ControlDb>();
        using var acting = Actor.Act(Caller.Of("settings", "settings", Grants.None), null, clock);
        if (options is { AdminEmail: { } email, AdminPassword: { } password })
        {
            await EnsureAsync(scope.ServiceProvider, email, password, cancellationToken);
        }
        else if (!await db.People.AnyAsync(p => p.IsInstanceAdmin, cancellationToken))
        {
            var letters = RandomNumberGenerator.GetString(Letters, CodeLetters);
            Code = $"{letters[..4]}-{letters[4..8]}-{letters[8..]}";
        }
    }

    /// <summary>Makes the first admin, once.</summary>
    /// <param name="code">The code of the log; case, spaces and dashes do not matter.</param>
    /// <param name="email">The address.</param>
    /// <param name="password">A password that was found good.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The admin; null when the code is wrong or used up.</returns>
    internal async Task<Person?> TakeAsync(string code, string email, string password, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (Code is not { } good || !CryptographicOperations.FixedTimeEquals(Bytes(good), Bytes(code)))
            {
                return null;
            }

            await using var scope = scopes.CreateAsyncScope();
            var person = await AdminAsync(scope.ServiceProvider, email, password, cancellationToken);
            Code = null;
            return person;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _one.Dispose();

    // Someone who changed their password since keeps it; a changed setting is a new password, for whoever forgot theirs.
    private static async Task EnsureAsync(IServiceProvider services, string email, string password, CancellationToken cancellationToken)
    {
        var hasher = services.GetRequiredService<IPasswordHasher<Person>>();
        var db = services.GetRequiredService<ControlDb>();
        var accounts = services.GetRequiredService<Accounts>();
        var person = await accounts.FindAsync(email, cancellationToken);
        if (person is { IsInstanceAdmin: true, SettingsPasswordHash: { } known }
            && hasher.VerifyHashedPassword(person, known, password) != PasswordVerificationResult.Failed)
        {
            return;
        }

        person = await AdminAsync(services, email, password, cancellationToken);
        person.SettingsPasswordHash = person.PasswordHash;
        await db.SaveChangesAsync(cancellationToken);
    }

    private static async Task<Person> AdminAsync(IServiceProvider services, string email, string password, CancellationToken cancellationToken)
    {
        var accounts = services.GetRequiredService<Accounts>();
        if (await accounts.FindAsync(email, cancellationToken) is not { } person)
        {
            return await accounts.CreateAsync(email, password, isInstanceAdmin: true);
        }

        person.IsInstanceAdmin = true;
        await accounts.SetPasswordAsync(person, password, cancellationToken);
        return person;
    }

    private static byte[] Bytes(string code) => Encoding.UTF8.GetBytes(
        code.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant());
}
