using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;

namespace Muster.Control.KeyRing;

/// <summary>The master keys at hand.</summary>
/// <param name="Current">What keys are encrypted with from now on; null: they are written as they are.</param>
/// <param name="Former">What they may have been encrypted with until now, while they are rotated; null: nothing else.</param>
internal sealed record MasterKeys(MasterKey? Current, MasterKey? Former)
{
    /// <summary>Those of the settings.</summary>
    public static MasterKeys Of(string? current, string? former = null) => new(Key(current), Key(former));

    /// <summary>Decrypts an element with whichever of them opens it; null: none does.</summary>
    public XElement? Open(XElement element) => Current?.Open(element) ?? Former?.Open(element);

    private static MasterKey? Key(string? text) => text is { Length: > 0 } ? new MasterKey(text) : null;
}

/// <summary>Encrypts the keys of the ring as Data Protection writes them.</summary>
internal sealed class MasterKeyEncryptor(MasterKey key) : IXmlEncryptor
{
    /// <inheritdoc />
    public EncryptedXmlInfo Encrypt(XElement plaintextElement) => new(key.Seal(plaintextElement), typeof(MasterKeyDecryptor));
}

/// <summary>Decrypts them. Its name stands in the files of the ring: it stays what it is.</summary>
internal sealed class MasterKeyDecryptor(IServiceProvider services) : IXmlDecryptor
{
    /// <inheritdoc />
    public XElement Decrypt(XElement encryptedElement) => services.GetRequiredService<MasterKeys>().Open(encryptedElement)
        ?? throw new CryptographicException("MUSTER_MASTER_KEY is not the one that this key was encrypted with.");
}
