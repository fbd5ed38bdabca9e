using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Muster.Control.Api;
using Muster.Control.Audit;

namespace Muster.Control.KeyRing;

/// <summary>What a rotation did.</summary>
/// <param name="Secrets">Secrets that are encrypted with the new key now.</param>
/// <param name="Unreadable">Secrets that no key of the ring opened before either: they are as they were, and must be given anew.</param>
/// <param name="Keys">Former keys that were destroyed.</param>
public sealed record RotatedSecrets(int Secrets, int Unreadable, int Keys);

/// <summary>Makes a new key, encrypts every stored secret anew with it, and destroys the former keys.</summary>
/// <remarks>
/// For a data folder that no server has. Each moment it may be killed at leaves a ring that opens everything that is stored:
/// the new key is on disk before the first secret is encrypted with it, the secrets change in one transaction, and former
/// keys go after that. Run again it finishes.
/// </remarks>
public static class SecretRotation
{
    // What the framework begins whatever it encrypts with; the key's id follows.
    private static ReadOnlySpan<byte> Magic => [0x09, 0xF0, 0xC9, 0xF0];

    private const int GuidBytes = 16;

    /// <summary>Rotates.</summary>
    /// <param name="options">The data folder, and the master key that holds from now on.</param>
    /// <param name="formerMasterKey">The master key until now, when it was another one.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="cancellationToken">Gives up, as long as nothing has been changed.</param>
    /// <exception cref="KeyRingException">The keys cannot be read, or there are none; nothing was changed.</exception>
    public static async Task<RotatedSecrets> RunAsync(
        ControlOptions options, string? formerMasterKey, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(options.DataDir, "control.db")))
        {
            throw new KeyRingException(
                $"There is nothing to rotate: '{options.DataDir}' has no control.db. A data folder begins with the master key that is set at its first start.");
        }

        var services = new ServiceCollection().AddLogging().AddSingleton(clock).AddControl(options)
            .AddSingleton(MasterKeys.Of(options.MasterKey, formerMasterKey));
        await using var provider = services.BuildServiceProvider();
        var ring = provider.GetRequiredService<KeyRingFolder>();
        ring.EnsureOpens();
        await using var db = await provider.GetRequiredService<IDbContextFactory<ControlDb>>().CreateDbContextAsync(cancellationToken);
        await db.Database.MigrateAsync(cancellationToken);

        var keys = provider.GetRequiredService<IKeyManager>();
        var secrets = provider.GetRequiredService<Secrets>();
        var key = NewKey(keys, secrets, provider.GetRequiredService<IOptions<KeyManagementOptions>>().Value.NewKeyLifetime, clock);
        var (done, unreadable) = await EncryptAnewAsync(db, secrets, clock);
        return new RotatedSecrets(done, unreadable, ring.DestroyAllBut(key));
    }

    private static Guid NewKey(IKeyManager keys, Secrets secrets, TimeSpan lifetime, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        var key = keys.CreateNewKey(now, now + lifetime);

        // The framework decides which key is used. Were it another one, what is encrypted now would be lost with that key.
        var bytes = Base64Url.DecodeFromChars(secrets.Protect("trial"));
        return bytes.AsSpan().StartsWith(Magic) && new Guid(bytes.AsSpan(Magic.Length, GuidBytes)) == key.KeyId
            ? key.KeyId
            : throw new KeyRingException("The new key is not in use yet, so nothing was encrypted with it. The clock may have been set back since the last key was made; try again later.");
    }

    private static async Task<(int Done, int Unreadable)> EncryptAnewAsync(ControlDb db, Secrets secrets, TimeProvider clock)
    {
        var anew = new Anew(secrets);
        foreach (var connection in await db.Connections.ToListAsync(CancellationToken.None))
        {
            connection.ProtectedApiKey = anew.Of(connection.ProtectedApiKey);
            connection.ProtectedWebhookAuthorization = anew.Of(connection.ProtectedWebhookAuthorization)!;
        }

        foreach (var settings in await db.NotificationSettings.ToListAsync(CancellationToken.None))
        {
            settings.ProtectedWebhookUrl = anew.Of(settings.ProtectedWebhookUrl);
        }

        foreach (var settings in await db.ForwardingSettings.ToListAsync(CancellationToken.None))
        {
            settings.ProtectedSecret = anew.Of(settings.ProtectedSecret)!;
        }

        foreach (var person in await db.People.Where(p => p.ProtectedTotpKey != null).ToListAsync(CancellationToken.None))
        {
            person.ProtectedTotpKey = anew.Of(person.ProtectedTotpKey);
        }

        // Cookies are encrypted with the former keys too: nobody can come back with one.
        db.Sessions.RemoveRange(await db.Sessions.ToListAsync(CancellationToken.None));
        db.Audit.Add(AuditTrail.Entry(
            Caller.Of("command-line", "command line", Grants.None), null, clock.GetUtcNow(), "secrets.rotated", null, "installation", null, null));
        await db.SaveChangesAsync(CancellationToken.None);
        return (anew.Done, anew.Unreadable);
    }

    private sealed class Anew(Secrets secrets)
    {
        public int Done { get; private set; }

        public int Unreadable { get; private set; }

        public string? Of(string? stored)
        {
            if (stored is null)
            {
                return null;
            }

            try
            {
                var again = secrets.Protect(secrets.Unprotect(stored));
                Done++;
                return again;
            }
            catch (CryptographicException)
            {
                Unreadable++;
                return stored;
            }
        }
    }
}
