using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Muster.Control.Api;

namespace Muster.Control.People;

/// <summary>The cookie that a signed-in browser holds. It names a session; who that is and what they may do is looked up each time.</summary>
public static class SessionCookie
{
    /// <summary>The authentication scheme.</summary>
    public const string SchemeName = "Session";

    /// <summary>The page where people sign in.</summary>
    public const string SignInPage = "/sign-in";

    internal const string CookieName = "muster_session";

    /// <summary>The claim that names the session; whoever stands for its person goes on with it.</summary>
    public const string KeyClaim = "muster:session";

    internal static void AddSessionCookie(this AuthenticationBuilder authentication) => authentication.AddCookie(SchemeName, options =>
    {
        options.Cookie.Name = CookieName;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = Sessions.Longest;

        // The session slides, in the database: the cookie itself never needs to be given again.
        options.SlidingExpiration = false;
        options.Events.OnValidatePrincipal = ValidateAsync;
        options.Events.OnRedirectToLogin = context => IsForPeople(context.Request)
            ? Redirect(context.Response, $"{SignInPage}?returnUrl={Uri.EscapeDataString(context.Request.Path + context.Request.QueryString)}")
            : Unauthenticated(context.HttpContext);
        options.Events.OnRedirectToAccessDenied = context => Forbidden(context.HttpContext);
    });

    /// <summary>401 as REST says it.</summary>
    internal static Task Unauthenticated(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return ApiProblem.Of(StatusCodes.Status401Unauthorized, "unauthenticated",
            "Send 'Authorization: Bearer TOKEN' with a token that is known and has not expired, or sign in at /sign-in. MUSTER_ADMIN_TOKEN sets the first token.").ExecuteAsync(context);
    }

    /// <summary>403 as REST says it.</summary>
    internal static Task Forbidden(HttpContext context) =>
        ApiProblem.Of(StatusCodes.Status403Forbidden, "forbidden", "Your role does not allow this; ask an admin of the project.").ExecuteAsync(context);

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var sessions = context.HttpContext.RequestServices.GetRequiredService<Sessions>();
        if (context.Principal?.FindFirst(KeyClaim) is { } key
            && await sessions.FindAsync(key.Value, context.HttpContext.RequestAborted) is { } caller)
        {
            context.ReplacePrincipal(caller.ToPrincipal(SchemeName, key));
        }
        else
        {
            context.RejectPrincipal();
        }
    }

    // A page that a browser navigates to: everything else is a program, which has no use for a redirect.
    private static bool IsForPeople(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && !request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private static Task Redirect(HttpResponse response, string to)
    {
        response.Redirect(to);
        return Task.CompletedTask;
    }
}
