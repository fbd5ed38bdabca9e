using System.Net.Mail;
using System.Security.Claims;

namespace Muster.Control.People.Oidc;

/// <summary>Who an identity provider says that someone is.</summary>
/// <param name="Issuer">The provider.</param>
/// <param name="Subject">What it calls them, and nobody else ever.</param>
/// <param name="VerifiedEmail">Their address, when the provider says that it made sure of it; else null: an address that anyone may enter there proves nothing.</param>
internal sealed record OidcIdentity(string Issuer, string Subject, string? VerifiedEmail)
{
    private const int LongestText = 255;
    private const int LongestEmail = 256;

    /// <summary>The claim that holds an address.</summary>
    public const string EmailClaim = "email";

    /// <summary>The claim that says whether it was verified.</summary>
    public const string VerifiedClaim = "email_verified";

    /// <summary>Reads the claims of a token that was found good; null: they name nobody.</summary>
    public static OidcIdentity? Of(ClaimsPrincipal principal)
    {
        var (issuer, subject) = (principal.FindFirstValue("iss"), principal.FindFirstValue("sub"));
        return issuer is not { Length: > 0 and <= LongestText } || subject is not { Length: > 0 and <= LongestText }
            ? null
            : new OidcIdentity(issuer, subject, EmailOf(principal));
    }

    private static string? EmailOf(ClaimsPrincipal principal)
    {
        var email = principal.FindFirstValue(EmailClaim);
        var isVerified = string.Equals(principal.FindFirstValue(VerifiedClaim), "true", StringComparison.OrdinalIgnoreCase);
        return isVerified && email is { Length: <= LongestEmail } && MailAddress.TryCreate(email, out var address) && address.Address == email ? email : null;
    }
}
