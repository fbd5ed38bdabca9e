using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Muster.Control.People;

namespace Muster.Web.Api;

/// <summary>Says whose page it is.</summary>
internal interface IPagePerson
{
    /// <summary>Who it is now; where the session is over, nobody, and the page goes to where people sign in.</summary>
    Task<ClaimsPrincipal> FindAsync(CancellationToken cancellationToken);
}

/// <summary>The person of a page, as things stand: a page may be open for days, in which sessions end and roles change.</summary>
internal sealed class PagePerson(AuthenticationStateProvider signIn, Sessions sessions, NavigationManager navigation, TimeProvider clock) : IPagePerson
{
    private static readonly TimeSpan Good = TimeSpan.FromSeconds(5);

    private ClaimsPrincipal? _known;
    private long _since;

    /// <inheritdoc />
    public async Task<ClaimsPrincipal> FindAsync(CancellationToken cancellationToken)
    {
        if (_known is not null && clock.GetElapsedTime(_since) < Good)
        {
            return _known;
        }

        var principal = (await signIn.GetAuthenticationStateAsync()).User;
        if (await sessions.RenewAsync(principal, cancellationToken) is not { } caller)
        {
            navigation.NavigateTo($"{SessionCookie.SignInPage}?returnUrl={Uri.EscapeDataString("/" + navigation.ToBaseRelativePath(navigation.Uri))}", forceLoad: true);
            return new ClaimsPrincipal(new ClaimsIdentity());
        }

        _known = caller.ToPrincipal(SessionCookie.SchemeName, principal.FindAll(SessionCookie.KeyClaim));
        _since = clock.GetTimestamp();
        return _known;
    }
}
