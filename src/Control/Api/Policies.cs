using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Muster.Control.People;
using Muster.Control.Tokens;

namespace Muster.Control.Api;

/// <summary>
/// The authorization policies, one per role; a role may do what the lesser ones may. They hold in the project that a
/// request is about (<see cref="RoleHandler"/>). An endpoint without a policy is closed to everyone.
/// </summary>
public static class Policies
{
    /// <summary>Reading.</summary>
    public const string Consumer = nameof(Role.Consumer);

    /// <summary>Cohorts, counts, previews.</summary>
    public const string Analyst = nameof(Role.Analyst);

    /// <summary>Connections, syncs, tokens, people, project settings.</summary>
    public const string Admin = nameof(Role.Admin);

    /// <summary>What concerns the whole installation: admins of every project.</summary>
    public const string InstanceAdmin = nameof(InstanceAdmin);

    /// <summary>Whoever is signed in, with a role or without.</summary>
    public const string SignedIn = nameof(SignedIn);

    private const string Scheme = "Muster";

    internal static void AddPolicies(this IServiceCollection services)
    {
        // A token when one is sent, else the browser's session.
        services.AddAuthentication(Scheme)
            .AddPolicyScheme(Scheme, null, options => options.ForwardDefaultSelector = context =>
                context.Request.Headers.ContainsKey("Authorization") ? TokenAuthentication.SchemeName : SessionCookie.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null)
            .AddSessionCookie();
        services.AddSingleton<IAuthorizationHandler, RoleHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, HiddenAsNotFound>();
        services.AddAuthorizationBuilder()
            .AddPolicy(Consumer, policy => AtLeast(policy, Role.Consumer))
            .AddPolicy(Analyst, policy => AtLeast(policy, Role.Analyst))
            .AddPolicy(Admin, policy => AtLeast(policy, Role.Admin))
            .AddPolicy(InstanceAdmin, policy => policy.RequireAuthenticatedUser()
                .RequireAssertion(context => Caller.From(context.User).Grants.Everywhere == Role.Admin))
            .AddPolicy(SignedIn, policy => policy.RequireAuthenticatedUser())
            // Where no endpoint has a route for a request (404), or none takes its method (405) or type of body (415), there
            // is nothing to protect: everyone is told so.
            .SetFallbackPolicy(new AuthorizationPolicyBuilder()
                .RequireAssertion(context => context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint).Build());
    }

    private static void AtLeast(AuthorizationPolicyBuilder policy, Role role) =>
        policy.RequireAuthenticatedUser().AddRequirements(new RoleRequirement(role));
}
