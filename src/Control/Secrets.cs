using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Muster.Control;

/// <summary>Encrypts what must be readable again, with keys in the data folder, and makes new secrets.</summary>
public sealed class Secrets(IDataProtectionProvider provider)
{
    private readonly IDataProtector _protector = provider.CreateProtector("Muster.Secrets.v1");

    /// <summary>Encrypts.</summary>
    public string Protect(string secret) => _protector.Protect(secret);

    /// <summary>Decrypts what <see cref="Protect"/> gave.</summary>
    /// <exception cref="CryptographicException">The key ring of the data folder is not the one it was encrypted with.</exception>
    public string Unprotect(string stored) => _protector.Unprotect(stored);

    /// <summary>A new random secret in lower-case hex, <paramref name="bytes"/> long before encoding.</summary>
    public static string New(int bytes) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));

    /// <summary>The last four characters, for people to recognise a key by; nothing of a short one.</summary>
    public static string Hint(string secret) => secret.Length >= 8 ? secret[^4..] : "****";
}
