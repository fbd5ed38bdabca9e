using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Muster.Ingestion.Decoding;

/// <summary>Texts inside JSON, as bytes: taken out of their escapes, cut, and put back.</summary>
/// <remarks>
/// The framework's own reading of an escaped text fails on half a surrogate pair, which browsers send when they cut a
/// text in the middle of one; here it becomes U+FFFD. The store's JSON parser refuses halves too, so none may reach it.
/// </remarks>
internal static class JsonText
{
    private static ReadOnlySpan<byte> Replacement => [0xEF, 0xBF, 0xBD];

    /// <summary>The text of a string or property name token.</summary>
    public static string Read(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return Encoding.UTF8.GetString(reader.ValueSpan);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        var length = Unescape(reader.ValueSpan, buffer);
        var text = Encoding.UTF8.GetString(buffer, 0, length);
        ArrayPool<byte>.Shared.Return(buffer);
        return text;
    }

    /// <summary>Writes what an escaped text means; never longer than it.</summary>
    /// <param name="escaped">The text between the quotes, with escapes that a JSON reader accepted.</param>
    /// <param name="target">At least as long.</param>
    /// <returns>The bytes written.</returns>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> target)
    {
        var length = 0;
        while (true)
        {
            var plain = escaped.IndexOf((byte)'\\');
            if (plain < 0)
            {
                escaped.CopyTo(target[length..]);
                return length + escaped.Length;
            }

            escaped[..plain].CopyTo(target[length..]);
            length += plain;
            var kind = escaped[plain + 1];
            if (kind != 'u')
            {
                target[length++] = kind switch
                {
                    (byte)'b' => 8,
                    (byte)'f' => 12,
                    (byte)'n' => 10,
                    (byte)'r' => 13,
                    (byte)'t' => 9,
                    _ => kind,
                };
                escaped = escaped[(plain + 2)..];
                continue;
            }

            var unit = Unit(escaped[plain..]);
            escaped = escaped[(plain + 6)..];
            if (char.IsHighSurrogate(unit) && escaped.StartsWith("\\u"u8) && char.IsLowSurrogate(Unit(escaped)))
            {
                length += new Rune(unit, Unit(escaped)).EncodeToUtf8(target[length..]);
                escaped = escaped[6..];
            }
            else if (char.IsSurrogate(unit))
            {
                Replacement.CopyTo(target[length..]);
                length += Replacement.Length;
            }
            else
            {
                length += new Rune(unit).EncodeToUtf8(target[length..]);
            }
        }
    }

    /// <summary>The beginning of a text that has at most so many characters (code points).</summary>
    public static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> utf8, int characters)
    {
        if (utf8.Length <= characters)
        {
            return utf8;
        }

        var seen = 0;
        for (var i = 0; i < utf8.Length; i++)
        {
            // Bytes 10xxxxxx go on with a character that began before.
            if ((utf8[i] & 0xC0) != 0x80 && ++seen > characters)
            {
                return utf8[..i];
            }
        }

        return utf8;
    }

    /// <summary>The beginning of a text that has at most so many characters (code points).</summary>
    public static string Cut(string text, int characters)
    {
        if (text.Length <= characters)
        {
            return text;
        }

        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (characters-- == 0)
            {
                return text[..length];
            }

            length += rune.Utf16SequenceLength;
        }

        return text;
    }

    /// <summary>Writes a text with quotes and the escapes it needs, no longer than any JSON that it can have come from.</summary>
    /// <returns>The bytes written.</returns>
    public static int Quote(ReadOnlySpan<byte> utf8, Span<byte> target)
    {
        var length = 0;
        target[length++] = (byte)'"';
        foreach (var value in utf8)
        {
            if (value >= 0x20 && value is not ((byte)'"' or (byte)'\\'))
            {
                target[length++] = value;
                continue;
            }

            target[length++] = (byte)'\\';
            var letter = value switch
            {
                8 => (byte)'b',
                12 => (byte)'f',
                10 => (byte)'n',
                13 => (byte)'r',
                9 => (byte)'t',
                (byte)'"' or (byte)'\\' => value,
                _ => (byte)'u',
            };
            target[length++] = letter;
            if (letter == 'u')
            {
                value.TryFormat(target[length..], out var written, "x4", CultureInfo.InvariantCulture);
                length += written;
            }
        }

        target[length++] = (byte)'"';
        return length;
    }

    // The reader has checked that four hexadecimal digits follow.
    private static char Unit(ReadOnlySpan<byte> escape) =>
        (char)ushort.Parse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
