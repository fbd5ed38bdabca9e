using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Muster.Control.Tokens;

namespace Muster.Control.Api;

/// <summary>The authorization policies of the REST interface, one per role; a role may do what the lesser ones may.</summary>
public static class Policies
{
    /// <summary>Reading.</summary>
    public const string Consumer = nameof(Role.Consumer);

    /// <summary>Cohorts, counts, previews.</summary>
    public const string Analyst = nameof(Role.Analyst);

    /// <summary>Connections, syncs, tokens, project settings.</summary>
    public const string Admin = nameof(Role.Admin);

    internal static void AddPolicies(this IServiceCollection services)
    {
        services.AddAuthentication(TokenAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null);
        services.AddAuthorizationBuilder()
            .AddPolicy(Consumer, policy => AtLeast(policy, Role.Consumer))
            .AddPolicy(Analyst, policy => AtLeast(policy, Role.Analyst))
            .AddPolicy(Admin, policy => AtLeast(policy, Role.Admin));
    }

    private static void AtLeast(AuthorizationPolicyBuilder policy, Role role) =>
        policy.RequireAuthenticatedUser().RequireAssertion(context => Caller.From(context.User).Role >= role);
}
