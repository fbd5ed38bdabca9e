using Microsoft.AspNetCore.Http;
using Muster.Control.Api;

namespace Muster.Control.People;

/// <summary>Why a sign-in, a first start or an invitation was refused: for programs by code, for people in a sentence.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The stable code; pages get it as <c>?error=</c>.</param>
/// <param name="Detail">What happened and what to do.</param>
public sealed record AccountProblem(int Status, string Code, string Detail)
{
    /// <summary>Address or password are wrong, or the account is closed for a while.</summary>
    public static readonly AccountProblem WrongCredentials = new(StatusCodes.Status401Unauthorized, "wrong_credentials",
        "The address or the password is wrong. After five wrong tries an account is closed for five minutes.");

    /// <summary>The password is right; the second factor is missing.</summary>
    public static readonly AccountProblem SecondFactorRequired = new(StatusCodes.Status401Unauthorized, "second_factor_required",
        "Give the six digits that your authenticator app shows now, with address and password.");

    /// <summary>The password is right; the second factor is wrong.</summary>
    public static readonly AccountProblem WrongSecondFactor = new(StatusCodes.Status401Unauthorized, "wrong_second_factor",
        "These six digits are not the ones your authenticator app shows now, or they were used. Wait for the next ones.");

    /// <summary>The code of the first start is wrong, or there is an admin already.</summary>
    public static readonly AccountProblem WrongCode = new(StatusCodes.Status403Forbidden, "wrong_code",
        "This is not the code of the first start. It is in the log of the running program, and good once; a restart makes a new one as long as there is no admin.");

    /// <summary>A one-time link is unknown, used or too old.</summary>
    public static readonly AccountProblem LinkUsed = new(StatusCodes.Status410Gone, "link_used",
        "This link was used, replaced or is older than seven days. Ask whoever sent it for a new one.");

    /// <summary>What was typed cannot be taken.</summary>
    public static readonly AccountProblem Invalid = new(StatusCodes.Status422UnprocessableEntity, "invalid",
        $"Give an email address, and a password of {Accounts.ShortestPassword} to {Accounts.LongestPassword} characters.");

    /// <summary>What the identity provider answered was not good, or someone declined there.</summary>
    public static readonly AccountProblem OidcFailed = new(StatusCodes.Status401Unauthorized, "oidc_failed",
        "Signing in there did not work, so nothing was done. Try again; if it stays so, the reason is in the log of the running program.");

    /// <summary>The identity provider does not answer.</summary>
    public static readonly AccountProblem OidcUnreachable = new(StatusCodes.Status503ServiceUnavailable, "oidc_unreachable",
        "The identity provider does not answer. Try again in a while, or sign in with a password.");

    /// <summary>The identity provider does not say that the address is theirs.</summary>
    public static readonly AccountProblem OidcUnverified = new(StatusCodes.Status403Forbidden, "oidc_unverified",
        "The identity provider does not say that it verified your address, so it cannot be told which account is yours. Have your address verified there.");

    /// <summary>Nobody with this address was invited.</summary>
    public static readonly AccountProblem OidcNotInvited = new(StatusCodes.Status403Forbidden, "oidc_not_invited",
        "Nobody has invited your address. Ask an admin of the project to invite it, then sign in again.");

    /// <summary>There is an account with this address that has a password.</summary>
    public static readonly AccountProblem OidcPasswordNeeded = new(StatusCodes.Status403Forbidden, "oidc_password_needed",
        "There is an account with your address that has a password. Sign in with it within ten minutes: both are one from then on.");

    /// <summary>The account with this address belongs to someone else of the same provider.</summary>
    public static readonly AccountProblem OidcTaken = new(StatusCodes.Status403Forbidden, "oidc_taken",
        "The account with your address belongs to someone else whom the provider gave this address before. Ask an admin to remove that account and invite you.");

    /// <summary>The account has no password: they sign in with the identity provider.</summary>
    public static readonly AccountProblem OidcOnly = new(StatusCodes.Status403Forbidden, "oidc_only",
        "You sign in with the identity provider. Do that again: your invitation is accepted with it.");

    private static readonly AccountProblem[] All =
    [
        WrongCredentials, SecondFactorRequired, WrongSecondFactor, WrongCode, LinkUsed, Invalid,
        OidcFailed, OidcUnreachable, OidcUnverified, OidcNotInvited, OidcPasswordNeeded, OidcTaken, OidcOnly,
    ];

    /// <summary>The problem with a code; null when it is none of these.</summary>
    public static AccountProblem? Find(string? code) => Array.Find(All, p => p.Code == code);

    internal IResult ToResult() => ApiProblem.Of(Status, Code, Detail);
}
