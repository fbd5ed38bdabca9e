using Muster.Control.Tokens;

namespace Muster.Control.People.Oidc;

/// <summary>The identity provider that people may sign in with (OpenID Connect).</summary>
public sealed record OidcOptions
{
    /// <summary>Where it is: its issuer, below which <c>/.well-known/openid-configuration</c> is found.</summary>
    public required Uri Authority { get; init; }

    /// <summary>What it knows Muster as.</summary>
    public required string ClientId { get; init; }

    /// <summary>The secret that Muster proves that with.</summary>
    public required string ClientSecret { get; init; }

    /// <summary>What people call it: <c>Sign in with …</c></summary>
    public required string Name { get; init; }

    /// <summary>What someone becomes, in every project there is then, who has no account yet; null: they must have been invited.</summary>
    public Role? DefaultRole { get; init; }
}
