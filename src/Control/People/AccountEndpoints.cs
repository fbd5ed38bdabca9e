using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Muster.Control.Api;
using Muster.Control.Audit;
using Muster.Control.People.Oidc;

namespace Muster.Control.People;

/// <summary>
/// Signing in and out, the first start, and one-time links: as forms of the pages, which are redirected, and as JSON,
/// which is answered.
/// </summary>
internal static class AccountEndpoints
{
    private const string FirstStartPage = "/first-start";

    public static void MapAccounts(this IEndpointRouteBuilder endpoints)
    {
        var account = endpoints.MapGroup("/account").WithTags("account").AllowAnonymous().WithMetadata(new SameOriginOnly());
        account.MapPost("/sign-in", SignInAsync).Accepts<Credentials>("application/json", "application/x-www-form-urlencoded").Produces<MeView>()
            .WithSummary("Sign in with address and password; a cookie keeps the session");
        account.MapPost("/sign-out", SignOutAsync).Produces(204).WithSummary("End the session of the cookie");
        account.MapPost("/first-start", FirstStartAsync).Accepts<FirstAdmin>("application/json", "application/x-www-form-urlencoded").Produces<MeView>()
            .WithSummary("Make the first admin with the one-time code of the log");
        account.MapPost("/invitation", InvitationAsync).Accepts<Acceptance>("application/json", "application/x-www-form-urlencoded").Produces<MeView>()
            .WithSummary("Use a one-time link: into a project, or to a new password");
        account.MapOidc(endpoints.ServiceProvider.GetRequiredService<ControlOptions>());
    }

    private static async Task<IResult> SignInAsync(
        HttpContext context, SignIn signIn, OidcSignIn oidc, Sessions sessions, Me me, CancellationToken cancellationToken)
    {
        var body = await AccountInput.ReadAsync(context);
        var email = body.Text("email");
        var password = body.Password("password");
        var code = body.OptionalText("code");
        var to = AccountInput.LocalPath(body.OptionalText("returnUrl", 2000));
        var page = $"{SessionCookie.SignInPage}?returnUrl={Uri.EscapeDataString(to)}";
        if (body.HasFaults(out var faults))
        {
            return Refuse(context, page, AccountProblem.WrongCredentials, faults);
        }

        var (outcome, person) = await signIn.CheckAsync(email, password, code, cancellationToken);
        if (outcome == SignInOutcome.Good)
        {
            await oidc.JoinAsync(context, person!, cancellationToken);
        }

        return outcome switch
        {
            SignInOutcome.Good => await WelcomeAsync(context, person!, to, sessions, me, cancellationToken),
            SignInOutcome.CodeNeeded => Refuse(context, page, code is null ? AccountProblem.SecondFactorRequired : AccountProblem.WrongSecondFactor),
            _ => Refuse(context, page, AccountProblem.WrongCredentials),
        };
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, Sessions sessions, CancellationToken cancellationToken)
    {
        await sessions.EndAsync(context, cancellationToken);
        return context.Request.HasFormContentType ? SeeOther(SessionCookie.SignInPage) : (IResult)TypedResults.NoContent();
    }

    private static async Task<IResult> FirstStartAsync(
        HttpContext context, FirstStart firstStart, Sessions sessions, Me me, CancellationToken cancellationToken)
    {
        var body = await AccountInput.ReadAsync(context);
        var code = body.Text("code");
        var email = body.Email("email");
        var password = body.NewPassword("password");
        if (body.HasFaults(out var faults))
        {
            return Refuse(context, FirstStartPage, AccountProblem.Invalid, faults);
        }

        return await firstStart.TakeAsync(code, email, password, cancellationToken) is { } person
            ? await WelcomeAsync(context, person, "/", sessions, me, cancellationToken)
            : Refuse(context, FirstStartPage, AccountProblem.WrongCode);
    }

    private static async Task<IResult> InvitationAsync(
        HttpContext context, Invitations invitations, Accounts accounts, SignIn signIn, Sessions sessions, Me me, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var body = await AccountInput.ReadAsync(context);
        var key = body.Text("key");
        var password = body.NewPassword("password");
        var code = body.OptionalText("code");
        var page = Invitations.Path(Uri.EscapeDataString(key));
        if (body.HasFaults(out var faults))
        {
            return Refuse(context, page, AccountProblem.Invalid, faults);
        }

        var (person, membership) = await invitations.OpenAsync(key, cancellationToken);
        if (person is null)
        {
            return Refuse(context, page, AccountProblem.LinkUsed);
        }

        // Someone who has a password proves with it who they are; everyone else chooses one, and needs the link alone.
        var chooses = membership is null || person.PasswordHash is null;
        if (membership is not null && person is { PasswordHash: null, OidcSubject: not null })
        {
            return Refuse(context, page, AccountProblem.OidcOnly);
        }

        if (!chooses && await signIn.CheckAsync(person.Email!, password, code, cancellationToken) is { Outcome: not SignInOutcome.Good } refused)
        {
            return Refuse(context, page, refused.Outcome == SignInOutcome.CodeNeeded ? AccountProblem.SecondFactorRequired : AccountProblem.WrongCredentials);
        }

        using var acting = Actor.Act(Caller.Of(Caller.IdOfPerson(person.Id), person.Email!, Grants.None), Actor.FromOf(context), clock);
        if (!await invitations.UseAsync(person, membership, cancellationToken))
        {
            return Refuse(context, page, AccountProblem.LinkUsed);
        }

        if (chooses)
        {
            await accounts.SetPasswordAsync(person, password, cancellationToken);
        }

        return person.TwoFactorEnabled && chooses
            ? Refuse(context, SessionCookie.SignInPage, AccountProblem.SecondFactorRequired)
            : await WelcomeAsync(context, person, "/", sessions, me, cancellationToken);
    }

    private static async Task<IResult> WelcomeAsync(
        HttpContext context, Person person, string to, Sessions sessions, Me me, CancellationToken cancellationToken)
    {
        var caller = await sessions.StartAsync(context, person, cancellationToken);
        return context.Request.HasFormContentType ? SeeOther(to) : (IResult)TypedResults.Ok(await me.ShowAsync(caller, cancellationToken));
    }

    private static IResult Refuse(HttpContext context, string page, AccountProblem problem, IResult? faults = null) => context.Request.HasFormContentType
        ? SeeOther($"{page}{(page.Contains('?', StringComparison.Ordinal) ? '&' : '?')}error={problem.Code}")
        : faults ?? problem.ToResult();

    // 303: the browser asks for the page with GET, whatever the form was sent with.
    private static Redirection SeeOther(string to) => new(to);

    private sealed class Redirection(string to) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = to;
            return Task.CompletedTask;
        }
    }

    private sealed record Credentials(string Email, string Password, string? Code, string? ReturnUrl);

    private sealed record FirstAdmin(string Code, string Email, string Password);

    private sealed record Acceptance(string Key, string Password, string? Code);
}
