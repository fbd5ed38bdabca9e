using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Muster.Control.People;

namespace Muster.Control.Api;

/// <summary>An endpoint that pages of other origins may not send to, signed in or not.</summary>
internal sealed record SameOriginOnly;

/// <summary>
/// Refuses what a page of another origin has a signed-in browser send (cross-site request forgery): whatever changes
/// something, and connections that stay open.
/// </summary>
/// <remarks>
/// Browsers say in <c>Sec-Fetch-Site</c> where a request comes from, and with <c>Origin</c> whenever it is no plain GET;
/// neither can be set by a page. A request with neither comes from a program, which nobody can trick into sending its
/// cookie. Tokens are not concerned: no browser sends them by itself.
/// </remarks>
public static class SameOrigin
{
    /// <summary>Adds the check; after authentication and routing.</summary>
    public static IApplicationBuilder UseSameOrigin(this IApplicationBuilder app) => app.Use((context, next) =>
        IsConcerned(context) && !IsSameOrigin(context.Request)
            ? ApiProblem.Of(StatusCodes.Status403Forbidden, "cross_origin",
                "A page of another site had your browser send this, so it was not done. Do it on Muster's own pages, or send a token.").ExecuteAsync(context)
            : next(context));

    private static bool IsConcerned(HttpContext context)
    {
        var method = context.Request.Method;
        var changes = !(HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method));
        var staysOpen = context.Request.Headers.ContainsKey("Upgrade") || HttpMethods.IsConnect(method);
        var metadata = context.GetEndpoint()?.Metadata;
        if (changes && metadata?.GetMetadata<SameOriginOnly>() is not null)
        {
            return true;
        }

        // Ingestion is open to all pages, those of someone who happens to be signed in here too.
        var readsSession = context.User.Identity?.AuthenticationType == SessionCookie.SchemeName;
        return readsSession && (staysOpen || (changes && metadata?.GetMetadata<IAllowAnonymous>() is null));
    }

    private static bool IsSameOrigin(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
        {
            return site is "same-origin" or "none";
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && string.Equals(from.Authority, request.Host.ToUriComponent(), StringComparison.OrdinalIgnoreCase));
    }
}
