using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Muster.Sandbox.Audience;

/// <summary>What Iterable takes for an email address and for a <c>userId</c>.</summary>
internal static class Identifiers
{
    private const int MaxEmailLength = 254;
    private const int MaxLocalLength = 64;
    private const int MaxUserIdLength = 52;

    private static readonly SearchValues<char> NotInAddress = SearchValues.Create(" \t\r\n\"(),:;<>[]\\");

    /// <summary>Addresses are compared and stored in lower case.</summary>
    [return: NotNullIfNotNull(nameof(email))]
    public static string? Normal(string? email) => email?.ToLowerInvariant();

    public static bool IsEmail(string email)
    {
        var at = email.IndexOf('@', StringComparison.Ordinal);
        if (at is < 1 or > MaxLocalLength || email.Length > MaxEmailLength || email.AsSpan().ContainsAny(NotInAddress))
        {
            return false;
        }

        var domain = email.AsSpan(at + 1);
        return domain.IndexOf('@') < 0
            && domain.IndexOf('.') > 0
            && domain[^1] is not ('.' or '-')
            && !domain.Contains("..", StringComparison.Ordinal)
            && !email.AsSpan().ContainsAnyInRange('\0', '\u001f');
    }

    /// <summary>1 to 52 printable ASCII characters without a trailing space (API description, FailedUserUpdates).</summary>
    public static bool IsUserId(string userId) =>
        userId.Length is > 0 and <= MaxUserIdLength
        && userId[^1] != ' '
        && !userId.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
