using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace Muster.Control.KeyRing;

/// <summary>Encrypts keys of the ring with a key that is derived from <c>MUSTER_MASTER_KEY</c>.</summary>
/// <remarks>
/// AES-256-GCM. Each element has a salt of its own, and with it a key of its own (HKDF-SHA-256), so that no nonce can meet
/// its like. HKDF is made for texts that were drawn at random: one that a person thought up would need a slow derivation,
/// and every start would wait for it. The setting says so.
/// </remarks>
internal sealed class MasterKey(string text)
{
    private const int SaltBytes = 32;
    private const int KeyBytes = 32;
    private const string ElementName = "sealedByMasterKey";

    private static readonly byte[] Purpose = "Muster key ring v1"u8.ToArray();
    private static readonly int NonceBytes = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int TagBytes = AesGcm.TagByteSizes.MaxSize;

    private readonly byte[] _text = Encoding.UTF8.GetBytes(text);

    /// <summary>Encrypts an element.</summary>
    public XElement Seal(XElement plain)
    {
        var bytes = Encoding.UTF8.GetBytes(plain.ToString(SaveOptions.DisableFormatting));
        var sealedBytes = new byte[SaltBytes + NonceBytes + TagBytes + bytes.Length];
        var parts = Parts.Of(sealedBytes);
        RandomNumberGenerator.Fill(parts.Salt);
        RandomNumberGenerator.Fill(parts.Nonce);
        using var aes = Cipher(parts.Salt);
        aes.Encrypt(parts.Nonce, bytes, parts.Value, parts.Tag, Purpose);
        CryptographicOperations.ZeroMemory(bytes);
        return new XElement(ElementName, new XAttribute("version", 1), Convert.ToBase64String(sealedBytes));
    }

    /// <summary>Decrypts what <see cref="Seal"/> gave; null: it was encrypted with another key, or was changed since.</summary>
    public XElement? Open(XElement element)
    {
        var bytes = new byte[element.Value.Length];
        if (element.Name.LocalName != ElementName || !Convert.TryFromBase64String(element.Value, bytes, out var length)
            || length < SaltBytes + NonceBytes + TagBytes)
        {
            return null;
        }

        var parts = Parts.Of(bytes.AsSpan(0, length));
        var plain = new byte[parts.Value.Length];
        try
        {
            using var aes = Cipher(parts.Salt);
            aes.Decrypt(parts.Nonce, parts.Value, parts.Tag, plain, Purpose);
            return XElement.Parse(Encoding.UTF8.GetString(plain));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private AesGcm Cipher(ReadOnlySpan<byte> salt)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _text, key, salt, Purpose);
        var aes = new AesGcm(key, TagBytes);
        CryptographicOperations.ZeroMemory(key);
        return aes;
    }

    private readonly ref struct Parts
    {
        public required Span<byte> Salt { get; init; }

        public required Span<byte> Nonce { get; init; }

        public required Span<byte> Tag { get; init; }

        public required Span<byte> Value { get; init; }

        public static Parts Of(Span<byte> all) => new()
        {
            Salt = all[..SaltBytes],
            Nonce = all.Slice(SaltBytes, NonceBytes),
            Tag = all.Slice(SaltBytes + NonceBytes, TagBytes),
            Value = all[(SaltBytes + NonceBytes + TagBytes)..],
        };
    }
}
