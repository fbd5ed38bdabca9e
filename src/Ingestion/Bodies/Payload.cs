using System.Buffers;
using System.Buffers.Text;

namespace Muster.Ingestion.Bodies;

/// <summary>The field <c>data</c> as SDKs write it: JSON or base64 of it, percent-encoded or not. Decoded in place.</summary>
internal static class Payload
{
    /// <summary>Whether a text is JSON and not encoded at all.</summary>
    public static bool IsJson(ReadOnlySpan<byte> text)
    {
        text = text.StartsWith("\uFEFF"u8) ? text["\uFEFF"u8.Length..] : text;
        return text.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];
    }

    /// <summary>Decodes a text in place.</summary>
    /// <param name="text">The text; its first bytes are the JSON afterwards.</param>
    /// <param name="length">How many bytes that is.</param>
    /// <returns>False when it is neither JSON nor base64.</returns>
    public static bool TryDecode(Span<byte> text, out int length)
    {
        // What begins like JSON is; base64 of JSON never does. Only then a plus sign is a space.
        if (First(text) is (byte)'{' or (byte)'[')
        {
            length = PercentEncoding.Decode(text, plusIsSpace: true);
            return true;
        }

        text = text[..PercentEncoding.Decode(text, plusIsSpace: false)];
        if (!TryDecodeBase64(text, out length))
        {
            return false;
        }

        length = JoinSurrogates(text[..length]);
        return true;
    }

    /// <summary>Makes UTF-8 of CESU-8, in which each half of a surrogate pair is a character of three bytes; a half alone becomes U+FFFD.</summary>
    /// <remarks>The browser SDK's own base64 encoder writes every emoji so.</remarks>
    /// <returns>How many bytes are left.</returns>
    public static int JoinSurrogates(Span<byte> text)
    {
        var next = text.IndexOf((byte)0xED);
        if (next < 0)
        {
            return text.Length;
        }

        var length = next;
        while (next < text.Length)
        {
            if (Half(text[next..]) is not { } first)
            {
                text[length++] = text[next++];
                continue;
            }

            next += 3;
            if (char.IsHighSurrogate(first) && Half(text[next..]) is { } second && char.IsLowSurrogate(second))
            {
                length += new System.Text.Rune(first, second).EncodeToUtf8(text[length..]);
                next += 3;
            }
            else
            {
                "\uFFFD"u8.CopyTo(text[length..]);
                length += 3;
            }
        }

        return length;
    }

    private static char? Half(ReadOnlySpan<byte> text) =>
        text.Length >= 3 && text[0] == 0xED && text[1] is >= 0xA0 and <= 0xBF && text[2] is >= 0x80 and <= 0xBF
            ? (char)(0xD000 | ((text[1] & 0x3F) << 6) | (text[2] & 0x3F))
            : null;

    // The first byte that is no white space, in whatever way that is written.
    private static byte First(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var (value, width) = PercentEncoding.TryReadEscape(text, out var escaped) && text[0] == '%' ? (escaped, 3) : (text[0], 1);
            if (value is not ((byte)' ' or (byte)'+' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                return value;
            }

            text = text[width..];
        }

        return 0;
    }

    // Spaces are plus signs that a form decoder on the way took for them. Padding may be missing; both alphabets are good.
    private static bool TryDecodeBase64(Span<byte> text, out int length)
    {
        length = 0;
        var end = text.TrimEnd("= \t\r\n"u8).Length;
        var digits = 0;
        foreach (var value in text[..end])
        {
            if (value is not ((byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                text[digits++] = value switch
                {
                    (byte)' ' or (byte)'-' => (byte)'+',
                    (byte)'_' => (byte)'/',
                    _ => value,
                };
            }
        }

        var whole = digits / 4 * 4;
        Span<byte> last = [(byte)'=', (byte)'=', (byte)'=', (byte)'='];
        text[whole..digits].CopyTo(last);
        if (digits == 0 || Base64.DecodeFromUtf8InPlace(text[..whole], out length) != OperationStatus.Done)
        {
            return false;
        }

        if (whole == digits)
        {
            return true;
        }

        var done = Base64.DecodeFromUtf8InPlace(last, out var rest) == OperationStatus.Done;
        last[..rest].CopyTo(text[length..]);
        length += rest;
        return done;
    }
}
