namespace Muster.Ingestion.Bodies;

/// <summary>Percent-encoding of forms and queries.</summary>
internal static class PercentEncoding
{
    /// <summary>Decodes a text in place; a percent sign without two hexadecimal digits stays as it is.</summary>
    /// <param name="text">The text; its first bytes are the decoded ones afterwards.</param>
    /// <param name="plusIsSpace">Whether a plus sign stands for a space.</param>
    /// <returns>How many bytes are left.</returns>
    public static int Decode(Span<byte> text, bool plusIsSpace)
    {
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && TryReadEscape(text[i..], out var value))
            {
                text[length++] = value;
                i += 2;
            }
            else
            {
                text[length++] = plusIsSpace && text[i] == '+' ? (byte)' ' : text[i];
            }
        }

        return length;
    }

    /// <summary>Reads the escape that a text begins with.</summary>
    public static bool TryReadEscape(ReadOnlySpan<byte> text, out byte value)
    {
        value = 0;
        if (text.Length < 3 || Digit(text[1]) is not (>= 0 and var high) || Digit(text[2]) is not (>= 0 and var low))
        {
            return false;
        }

        value = (byte)((high << 4) | low);
        return true;
    }

    private static int Digit(byte value) => value switch
    {
        >= (byte)'0' and <= (byte)'9' => value - '0',
        >= (byte)'a' and <= (byte)'f' => value - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => value - 'A' + 10,
        _ => -1,
    };
}
