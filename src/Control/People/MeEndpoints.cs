using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Muster.Control.Api;
using Muster.Control.Tokens;

namespace Muster.Control.People;

/// <summary>What people do about their own account.</summary>
internal static class MeEndpoints
{
    public static void MapMe(this IEndpointRouteBuilder api)
    {
        var mine = api.MapGroup("/me").WithTags("account").RequireAuthorization(Policies.SignedIn);
        mine.MapGet("/", (Caller caller, Me me, CancellationToken cancellationToken) => me.ShowAsync(caller, cancellationToken))
            .WithSummary("Who is signed in, with their projects");
        mine.MapPut("/password", ChangePasswordAsync).WithSummary("Change your password; every other session ends")
            .Accepts<PasswordChange>("application/json").Produces(204);
        mine.MapGet("/sessions", ListAsync).WithSummary("Where you are signed in").Produces<IReadOnlyList<SessionView>>();
        mine.MapDelete("/sessions", EndAllAsync).WithSummary("Sign out everywhere, here too").Produces(204);
        mine.MapPost("/two-factor", PrepareTwoFactorAsync).WithSummary("A new key for your authenticator app; it counts once you confirm it")
            .Accepts<PasswordGiven>("application/json").Produces<TwoFactorKey>();
        mine.MapPut("/two-factor", ConfirmTwoFactorAsync).WithSummary("Confirm the key with a code: from now on every sign-in asks for one")
            .Accepts<CodeGiven>("application/json").Produces(204);
        mine.MapDelete("/two-factor", EndTwoFactorAsync).WithSummary("Sign in without the app again").Accepts<PasswordGiven>("application/json").Produces(204);
    }

    private static async Task<IResult> ChangePasswordAsync(
        HttpContext context, RequestBody body, Caller caller, ControlDb db, SignIn signIn, Accounts accounts, Sessions sessions, CancellationToken cancellationToken)
    {
        var password = body.Password("password");
        var newPassword = body.NewPassword("newPassword");
        if (body.HasFaults(out var problem))
        {
            return problem;
        }

        var (person, refusal) = await ProveAsync(caller, password, db, signIn, cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        await accounts.SetPasswordAsync(person!, newPassword, cancellationToken);
        await sessions.StartAsync(context, person!, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> ListAsync(HttpContext context, Caller caller, ControlDb db, CancellationToken cancellationToken)
    {
        if (caller.PersonId is not { } id)
        {
            return NotAPerson();
        }

        var here = ApiTokens.Hash(context.User.FindFirst(SessionCookie.KeyClaim)?.Value ?? "");
        return TypedResults.Ok(await db.Sessions.AsNoTracking().Where(s => s.PersonId == id).OrderByDescending(s => s.LastSeenAt)
            .Select(s => new SessionView(s.Browser, s.CreatedAt, s.LastSeenAt, s.Hash == here)).ToListAsync(cancellationToken));
    }

    private static async Task<IResult> EndAllAsync(HttpContext context, Caller caller, Sessions sessions, CancellationToken cancellationToken)
    {
        if (caller.PersonId is not { } id)
        {
            return NotAPerson();
        }

        await sessions.EndAllAsync(id, cancellationToken);
        await sessions.EndAsync(context, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> PrepareTwoFactorAsync(
        RequestBody body, Caller caller, ControlDb db, SignIn signIn, Secrets secrets, CancellationToken cancellationToken)
    {
        var password = body.Password("password");
        if (body.HasFaults(out var problem))
        {
            return problem;
        }

        var (person, refusal) = await ProveAsync(caller, password, db, signIn, cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        if (person!.TwoFactorEnabled)
        {
            return ApiProblem.Conflict("Sign-ins ask for a code already. End that first (DELETE), then take a new key.");
        }

        var key = Totp.NewKey();
        person.ProtectedTotpKey = secrets.Protect(key);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(new TwoFactorKey(key, Totp.Uri(key, person.Email!)));
    }

    private static async Task<IResult> ConfirmTwoFactorAsync(
        RequestBody body, Caller caller, ControlDb db, SignIn signIn, CancellationToken cancellationToken)
    {
        var code = body.Text("code");
        if (body.HasFaults(out var problem))
        {
            return problem;
        }

        if (caller.PersonId is not { } id)
        {
            return NotAPerson();
        }

        var person = await db.People.SingleAsync(p => p.Id == id, cancellationToken);
        if (!await signIn.TakeCodeAsync(person, code, cancellationToken))
        {
            return AccountProblem.WrongSecondFactor.ToResult();
        }

        await db.Entry(person).ReloadAsync(cancellationToken);
        person.TwoFactorEnabled = true;
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> EndTwoFactorAsync(
        RequestBody body, Caller caller, ControlDb db, SignIn signIn, CancellationToken cancellationToken)
    {
        var password = body.Password("password");
        if (body.HasFaults(out var problem))
        {
            return problem;
        }

        var (person, refusal) = await ProveAsync(caller, password, db, signIn, cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        (person!.TwoFactorEnabled, person.ProtectedTotpKey) = (false, null);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    // Whoever found an open browser does not know the password: it is asked for again, and tries are counted as at a sign-in.
    private static async Task<(Person? Person, IResult? Refusal)> ProveAsync(
        Caller caller, string password, ControlDb db, SignIn signIn, CancellationToken cancellationToken)
    {
        if (caller.PersonId is not { } id)
        {
            return (null, NotAPerson());
        }

        return await signIn.IsTheirPasswordAsync(id, password, cancellationToken)
            ? (await db.People.SingleAsync(p => p.Id == id, cancellationToken), null)
            : (null, ApiProblem.Of(StatusCodes.Status403Forbidden, AccountProblem.WrongCredentials.Code,
                "This is not your password. After five wrong tries your account is closed for five minutes."));
    }

    private static IResult NotAPerson() =>
        ApiProblem.Of(StatusCodes.Status403Forbidden, "forbidden", "This is about a person's account, and you call with a token. Sign in to do it.");

    private sealed record PasswordChange(string Password, string NewPassword);

    private sealed record PasswordGiven(string Password);

    private sealed record CodeGiven(string Code);

    private sealed record TwoFactorKey(string Key, string Uri);

    private sealed record SessionView(string Browser, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, bool Here);
}
