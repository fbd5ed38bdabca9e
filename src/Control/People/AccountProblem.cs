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

    private static readonly AccountProblem[] All = [WrongCredentials, SecondFactorRequired, WrongSecondFactor, WrongCode, LinkUsed, Invalid];

    /// <summary>The problem with a code; null when it is none of these.</summary>
    public static AccountProblem? Find(string? code) => Array.Find(All, p => p.Code == code);

    internal IResult ToResult() => ApiProblem.Of(Status, Code, Detail);
}
