using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Muster.Control.People;

/// <summary>The six digits of an authenticator app (RFC 6238: HMAC-SHA-1, steps of 30 seconds), as every such app makes them.</summary>
internal static class Totp
{
    private const int StepSeconds = 30;
    private const int KeyBytes = 20;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>A new key, in base32 as apps take it.</summary>
    public static string NewKey()
    {
        var bytes = RandomNumberGenerator.GetBytes(KeyBytes);
        var text = new StringBuilder(KeyBytes * 8 / 5);
        for (var bit = 0; bit < KeyBytes * 8; bit += 5)
        {
            // Five bits from the high end of two bytes; a key of 20 bytes ends exactly with a letter.
            var pair = (bytes[bit / 8] << 8) | (bit / 8 + 1 < KeyBytes ? bytes[(bit / 8) + 1] : 0);
            text.Append(Alphabet[(pair >> (11 - (bit % 8))) & 31]);
        }

        return text.ToString();
    }

    /// <summary>What an app takes as a QR code or link.</summary>
    public static string Uri(string key, string account) =>
        $"otpauth://totp/Muster:{System.Uri.EscapeDataString(account)}?secret={key}&issuer=Muster";

    /// <summary>The time step that a code is good for: now, the one before or the one after, for clocks that differ a little. Null: it is wrong, or was used.</summary>
    /// <param name="key">The key in base32.</param>
    /// <param name="code">What was typed.</param>
    /// <param name="now">The time.</param>
    /// <param name="lastStep">The step of the last code taken: it and those before it are used up.</param>
    public static long? Check(string key, string code, DateTimeOffset now, long lastStep)
    {
        var typed = Encoding.ASCII.GetBytes(code.Replace(" ", "", StringComparison.Ordinal));
        var current = now.ToUnixTimeSeconds() / StepSeconds;
        for (var step = Math.Max(current - 1, lastStep + 1); step <= current + 1; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(typed, Encoding.ASCII.GetBytes(Code(key, step))))
            {
                return step;
            }
        }

        return null;
    }

    /// <summary>The code of a time.</summary>
    public static string Code(string key, DateTimeOffset at) => Code(key, at.ToUnixTimeSeconds() / StepSeconds);

    private static string Code(string key, long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> mac = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6238 says SHA-1, and apps know nothing else; as an HMAC it is sound.
        HMACSHA1.HashData(Bytes(key), counter, mac);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(mac[(mac[^1] & 15)..]) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    private static byte[] Bytes(string key)
    {
        var bytes = new byte[key.Length * 5 / 8];
        var (buffer, bits, at) = (0, 0, 0);
        foreach (var letter in key)
        {
            buffer = (buffer << 5) | Alphabet.IndexOf(letter, StringComparison.Ordinal);
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes[at++] = (byte)(buffer >> bits);
                buffer &= (1 << bits) - 1;
            }
        }

        return bytes;
    }
}
