using Microsoft.AspNetCore.Identity;

namespace Muster.Control.People;

/// <summary>Someone with an account here: signs in with an address and a password. What they may do is said by their memberships.</summary>
public sealed class Person : IdentityUser<int>
{
    /// <summary>Whether they are admin of every project, and may make projects.</summary>
    public bool IsInstanceAdmin { get; set; }

    /// <summary>The key of their authenticator app, encrypted by Data Protection; null: they have none. Asked for once <see cref="IdentityUser{TKey}.TwoFactorEnabled"/>.</summary>
    public string? ProtectedTotpKey { get; set; }

    /// <summary>The time step of the last code taken: a code is good once.</summary>
    public long LastTotpStep { get; set; }

    /// <summary>SHA-256 of a one-time link that sets a new password, hex; null: there is none.</summary>
    public string? ResetHash { get; set; }

    /// <summary>When that link stops working.</summary>
    public DateTimeOffset? ResetExpiresAt { get; set; }

    /// <summary>Hash of the password that the settings last gave them: a changed setting is a new password, an unchanged one is none.</summary>
    public string? SettingsPasswordHash { get; set; }

    /// <summary>Who says who they are when they sign in by OpenID Connect; null: they never did.</summary>
    public string? OidcIssuer { get; set; }

    /// <summary>What the issuer calls them.</summary>
    public string? OidcSubject { get; set; }

    /// <summary>When the account was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When they last signed in.</summary>
    public DateTimeOffset? LastSignInAt { get; set; }
}
