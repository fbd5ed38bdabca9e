using System.Security.Cryptography;
using System.Text;

namespace Muster.Sandbox.Audience;

/// <summary>Finds or makes the user a row means, by the rules of the project's type.</summary>
/// <remarks>The rules are Iterable's ("Identifying Users with email and userId"); call under the audience's lock.</remarks>
internal sealed class Identification(AudienceStore store)
{
    public const string PlaceholderDomain = "@placeholder.email";

    /// <summary>The user to write to, made, renamed or given its <c>userId</c> where the rules say so.</summary>
    /// <param name="row">A row whose identifiers are well formed and whose address is in lower case.</param>
    /// <param name="existingOnly">Unknown users fail rather than being made (not in email-based projects).</param>
    /// <param name="user">The user, unless the row failed.</param>
    /// <returns>How it went; a failure names the identifiers that stood in the way.</returns>
    public RowOutcome ForWrite(SubscriberRow row, bool existingOnly, out User? user) => store.Options.ProjectType switch
    {
        SandboxProjectType.Email => EmailBased(row, out user),
        SandboxProjectType.Hybrid => Hybrid(row, existingOnly, out user),
        _ => UserIdBased(row, existingOnly, out user),
    };

    /// <summary>The user a row means, never making or changing one; null when there is none.</summary>
    public User? ForRead(string? email, string? userId)
    {
        // Where both are sent the project's key decides; hybrid projects look for the userId first.
        var byEmail = store.ByEmail.TryFind(email, out var user) ? user : null;
        var byUserId = store.ByUserId.TryFind(userId, out user) ? user : null;
        return store.Options.ProjectType switch
        {
            SandboxProjectType.Email => email is null ? byUserId : byEmail,
            SandboxProjectType.Hybrid => byUserId ?? byEmail,
            _ => byUserId,
        };
    }

    private RowOutcome EmailBased(SubscriberRow row, out User? user)
    {
        if (row.Email is null)
        {
            if (!store.ByUserId.TryFind(row.UserId, out user) && row.PreferUserId)
            {
                user = Make(Placeholder(row.UserId!), row.UserId);
            }

            return user is null ? RowOutcome.Failed(FailureClass.NotFound, null, row.UserId) : RowOutcome.Done;
        }

        if (!store.ByEmail.TryFind(row.Email, out user))
        {
            user = Make(row.Email, row.UserId);
        }
        else if (row.UserId is not null && row.UserId != user.UserId)
        {
            // The address decides, and whatever userId the user had is overwritten.
            store.ChangeUserId(user, row.UserId);
            store.Save(user);
        }

        return RowOutcome.Done;
    }

    private RowOutcome Hybrid(SubscriberRow row, bool existingOnly, out User? user)
    {
        store.ByEmail.TryFind(row.Email, out var byEmail);
        if (store.ByUserId.TryFind(row.UserId, out user))
        {
            if (row.Email is null || ReferenceEquals(byEmail, user))
            {
                return RowOutcome.Done;
            }

            if (byEmail is not null)
            {
                return RowOutcome.Failed(FailureClass.Conflict, row.Email, row.UserId);
            }

            // A known userId with an address nobody has: the user is renamed, on every list it is on.
            store.ChangeEmail(user, row.Email);
            store.Save(user);
            return RowOutcome.Done;
        }

        user = byEmail;
        if (user is null)
        {
            return MakeUnless(existingOnly, row.Email, row.UserId, out user);
        }

        if (row.UserId is not null && user.UserId is not null)
        {
            return RowOutcome.Failed(FailureClass.Conflict, row.Email, null); // the address is another userId's
        }

        if (row.UserId is not null)
        {
            store.ChangeUserId(user, row.UserId);
            store.Save(user);
        }

        return RowOutcome.Done;
    }

    private RowOutcome UserIdBased(SubscriberRow row, bool existingOnly, out User? user)
    {
        user = null;
        if (row.UserId is null)
        {
            return RowOutcome.Failed(FailureClass.NotFound, row.Email, null); // an address finds nobody here
        }

        if (!store.ByUserId.TryFind(row.UserId, out user))
        {
            return MakeUnless(existingOnly, row.Email, row.UserId, out user);
        }

        if (row.Email is not null && row.Email != user.Email)
        {
            store.ChangeEmail(user, row.Email);
            store.Save(user);
        }

        return RowOutcome.Done;
    }

    private RowOutcome MakeUnless(bool existingOnly, string? email, string? userId, out User? user)
    {
        user = existingOnly ? null : Make(email, userId);
        return existingOnly ? RowOutcome.Failed(FailureClass.NotFound, email, userId) : RowOutcome.Done;
    }

    private User Make(string? email, string? userId)
    {
        var user = store.NewUser(email, userId);
        store.Save(user);
        return user;
    }

    private static string Placeholder(string userId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(userId)).AsSpan(0, 16)) + PlaceholderDomain;
}
