using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Muster.Control.People.Oidc;

/// <summary>
/// Sign-in with an identity provider: the authorization code flow with PKCE, by ASP.NET Core, which checks state, nonce,
/// signature, issuer, audience and lifetime. What it found ends in a session as any other.
/// </summary>
internal static class OidcFeature
{
    private const string SchemeName = "Oidc";

    // What people do at the provider may take a while: a second factor, a new password.
    private static readonly TimeSpan PatienceWithPeople = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan PatienceWithProvider = TimeSpan.FromSeconds(15);

    // Where the provider sends people back to; it must be registered there.
    private const string CallbackPath = "/account/oidc/callback";

    public static void AddOidc(this IServiceCollection services, ControlOptions control)
    {
        services.AddScoped<OidcSignIn>();
        if (control.Oidc is { } provider)
        {
            services.AddAuthentication().AddOpenIdConnect(SchemeName, options => Configure(options, provider));
        }
    }

    public static void MapOidc(this IEndpointRouteBuilder account, ControlOptions control)
    {
        if (control.Oidc is not null)
        {
            account.MapGet("/oidc", StartAsync).WithSummary("Go to the identity provider to sign in there").Produces(StatusCodes.Status302Found);
        }
    }

    private static void Configure(OpenIdConnectOptions options, OidcOptions provider)
    {
        options.Authority = provider.Authority.AbsoluteUri.TrimEnd('/');
        options.ClientId = provider.ClientId;
        options.ClientSecret = provider.ClientSecret;
        options.RequireHttpsMetadata = !provider.Authority.IsLoopback;
        options.BackchannelTimeout = PatienceWithProvider;
        options.RemoteAuthenticationTimeout = PatienceWithPeople;
        options.CallbackPath = CallbackPath;
        options.SignInScheme = SessionCookie.SchemeName;

        // The answer comes by GET: a form that another site posts would come without cookies that are kept from other sites.
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.UsePkce = true;
        foreach (var cookie in new[] { options.CorrelationCookie, options.NonceCookie })
        {
            cookie.SameSite = SameSiteMode.Lax;
            cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        }

        options.Scope.Clear();
        options.Scope.Add("openid");
        options.Scope.Add("email");
        options.SaveTokens = false;
        options.MapInboundClaims = false;
        options.GetClaimsFromUserInfoEndpoint = true;
        options.ClaimActions.Clear();
        options.Events.OnTokenValidated = InsistOnASignature;
        options.Events.OnUserInformationReceived = TakeEmail;
        options.Events.OnTicketReceived = SignInAsync;
        options.Events.OnRemoteFailure = RefuseAsync;
    }

    private static async Task StartAsync(HttpContext context, ILogger<OidcSignIn> logger, string? returnUrl = null)
    {
        try
        {
            await context.ChallengeAsync(SchemeName, new AuthenticationProperties { RedirectUri = AccountInput.LocalPath(returnUrl) });
        }
        catch (Exception e) when (e is InvalidOperationException or HttpRequestException or IOException)
        {
            // What it has to say of itself could not be read.
            Log.OidcUnreachable(logger, e);
            SeeOther(context.Response, Refused(AccountProblem.OidcUnreachable));
        }
    }

    // A token that comes from the provider itself need not be signed, says the standard, and so does the framework. Here it must.
    private static Task InsistOnASignature(TokenValidatedContext context)
    {
        if (string.IsNullOrEmpty(context.SecurityToken.RawSignature))
        {
            context.Fail("The token is not signed.");
        }

        return Task.CompletedTask;
    }

    // An address counts together with what is said of it in the same place: never the address of one with the word of the other.
    private static Task TakeEmail(UserInformationReceivedContext context)
    {
        if (context.Principal?.Identity is not ClaimsIdentity identity || identity.HasClaim(c => c.Type is OidcIdentity.EmailClaim))
        {
            return Task.CompletedTask;
        }

        foreach (var claim in identity.FindAll(OidcIdentity.VerifiedClaim).ToList())
        {
            identity.RemoveClaim(claim);
        }

        foreach (var name in new[] { OidcIdentity.EmailClaim, OidcIdentity.VerifiedClaim })
        {
            if (context.User.RootElement.TryGetProperty(name, out var value))
            {
                identity.AddClaim(new Claim(name, value.ToString()));
            }
        }

        return Task.CompletedTask;
    }

    private static async Task SignInAsync(TicketReceivedContext context)
    {
        context.HandleResponse();
        var (http, services, cancellationToken) = (context.HttpContext, context.HttpContext.RequestServices, context.HttpContext.RequestAborted);
        if (OidcIdentity.Of(context.Principal!) is not { } identity)
        {
            SeeOther(context.Response, Refused(AccountProblem.OidcFailed));
            return;
        }

        try
        {
            var (person, problem) = await services.GetRequiredService<OidcSignIn>().FindAsync(http, identity, cancellationToken);
            if (problem is not null)
            {
                SeeOther(context.Response, Refused(problem));
                return;
            }

            await services.GetRequiredService<Sessions>().StartAsync(http, person!, cancellationToken);
            SeeOther(context.Response, AccountInput.LocalPath(context.ReturnUri));
        }
        catch (DbUpdateException e)
        {
            // Two first sign-ins of the same person at once: one of them made the account.
            Log.OidcFailed(LoggerOf(http), e.GetType().Name, "the account was changed by another sign-in at the same time");
            SeeOther(context.Response, Refused(AccountProblem.OidcFailed));
        }
    }

    private static Task RefuseAsync(RemoteFailureContext context)
    {
        context.HandleResponse();
        Log.OidcFailed(LoggerOf(context.HttpContext), context.Failure?.GetType().Name ?? "", context.Failure?.Message.ReplaceLineEndings(" ") ?? "");
        SeeOther(context.Response, Refused(AccountProblem.OidcFailed));
        return Task.CompletedTask;
    }

    private static ILogger LoggerOf(HttpContext context) => context.RequestServices.GetRequiredService<ILogger<OidcSignIn>>();

    private static string Refused(AccountProblem problem) => string.Create(CultureInfo.InvariantCulture, $"{SessionCookie.SignInPage}?error={problem.Code}");

    private static void SeeOther(HttpResponse response, string to)
    {
        response.StatusCode = StatusCodes.Status303SeeOther;
        response.Headers.Location = to;
    }
}
