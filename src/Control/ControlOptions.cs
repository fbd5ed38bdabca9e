using Muster.Control.People.Oidc;

namespace Muster.Control;

/// <summary>Where control data is kept and who may sign in first.</summary>
public sealed record ControlOptions
{
    /// <summary>The data folder; SQLite keeps <c>control.db</c> in it, Data Protection its keys in <c>keys/</c>.</summary>
    public required string DataDir { get; init; }

    /// <summary>A token of role admin on every project, made at start; null: none.</summary>
    public string? AdminToken { get; init; }

    /// <summary>The address of an admin of every project, made at start together with <see cref="AdminPassword"/>; null: none.</summary>
    public string? AdminEmail { get; init; }

    /// <summary>That admin's password. One that differs from the last start's is set anew.</summary>
    public string? AdminPassword { get; init; }

    /// <summary>What the keys in <c>keys/</c> are themselves encrypted with; null: they are not.</summary>
    public string? MasterKey { get; init; }

    /// <summary>The identity provider that people may sign in with; null: none.</summary>
    public OidcOptions? Oidc { get; init; }

    /// <summary>How long entries of the audit log are kept.</summary>
    public TimeSpan AuditRetention { get; init; } = TimeSpan.FromDays(365);
}
