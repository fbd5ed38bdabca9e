using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Muster.Control.Api;

namespace Muster.Control.Tokens;

/// <summary>Makes and checks API tokens.</summary>
public static class ApiTokens
{
    /// <summary>The name of the token that the setting makes; at each start others of that name are deleted.</summary>
    internal const string AdminTokenName = "MUSTER_ADMIN_TOKEN";

    private static readonly TimeSpan Blink = TimeSpan.FromMinutes(5);

    /// <summary>What is stored of a token.</summary>
    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>The caller a token stands for; null when it is unknown or has expired.</summary>
    public static async Task<Caller?> FindAsync(ControlDb db, string token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var hash = Hash(token);
        var found = await db.Tokens.AsNoTracking().SingleOrDefaultAsync(t => t.Hash == hash, cancellationToken);
        if (found is null || found.ExpiresAt <= now)
        {
            return null;
        }

        // Once in a while is enough: a write for each call would cost more than the calls.
        if (found.LastUsedAt is not { } last || now - last > Blink)
        {
            await db.Tokens.Where(t => t.Id == found.Id).ExecuteUpdateAsync(t => t.SetProperty(x => x.LastUsedAt, (DateTimeOffset?)now), cancellationToken);
        }

        return Caller.Of(Caller.IdOfToken(found.Id), found.Name, Grants.Of(found.Role, found.ProjectId));
    }

    /// <summary>Makes the settings' admin token valid, and only the current one: a changed setting revokes the former.</summary>
    internal static async Task EnsureAdminTokenAsync(ControlDb db, ControlOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var hash = options.AdminToken is { Length: > 0 } token ? Hash(token) : null;
        await db.Tokens.Where(t => t.Name == AdminTokenName && t.Hash != hash).ExecuteDeleteAsync(cancellationToken);
        if (hash is not null && !await db.Tokens.AnyAsync(t => t.Hash == hash, cancellationToken))
        {
            db.Tokens.Add(new ApiToken { Name = AdminTokenName, Role = Role.Admin, Hash = hash, CreatedAt = clock.GetUtcNow() });
            await db.SaveChangesAsync(cancellationToken);
        }
    }
}
