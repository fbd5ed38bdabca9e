using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace Muster.Ingestion.Decoding;

/// <summary>What may be wrong with the value of a property.</summary>
internal enum ValueFault
{
    None,
    NotUtf8,
    TooDeep,
    TooManyMembers,
}

/// <summary>Copies values of properties as they were written, cut to what is stored.</summary>
/// <remarks>
/// Numbers keep their digits, lists and objects their spelling, unless something in them has to be cut or repaired; then
/// they are written anew. The copy is never longer than the original.
/// </remarks>
internal static class PropertyValue
{
    /// <summary>Copies the value that the reader is at, and moves the reader to its last token.</summary>
    /// <param name="reader">The reader; its whole input must be one span.</param>
    /// <param name="source">That input.</param>
    /// <param name="sourceIsUtf8">Whether the input was found to be valid UTF-8 as a whole.</param>
    /// <param name="target">Where to; at least as long as the value.</param>
    /// <param name="limits">How much of a list or an object is taken.</param>
    /// <param name="written">The bytes written; 0 with a fault.</param>
    public static ValueFault Copy(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> source, bool sourceIsUtf8, Span<byte> target, ValueLimits limits, out int written)
    {
        written = 0;
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                if (!sourceIsUtf8 && !Utf8.IsValid(reader.ValueSpan))
                {
                    return ValueFault.NotUtf8;
                }

                written = CopyText(ref reader, target);
                return ValueFault.None;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                return CopyContainer(ref reader, source, sourceIsUtf8, target, limits, out written);
            default:
                reader.ValueSpan.CopyTo(target);
                written = reader.ValueSpan.Length;
                return ValueFault.None;
        }
    }

    /// <summary>Copies a string or a property's name with its quotes, cut and repaired.</summary>
    /// <returns>The bytes written.</returns>
    public static int CopyText(ref Utf8JsonReader reader, Span<byte> target)
    {
        var text = reader.ValueSpan;
        if (!MustBeRewritten(ref reader))
        {
            target[0] = (byte)'"';
            text.CopyTo(target[1..]);
            target[text.Length + 1] = (byte)'"';
            return text.Length + 2;
        }

        if (!reader.ValueIsEscaped)
        {
            return JsonText.Quote(JsonText.Cut(text, Limits.TextCharacters), target);
        }

        var plain = ArrayPool<byte>.Shared.Rent(text.Length);
        var length = JsonText.Unescape(text, plain);
        var written = JsonText.Quote(JsonText.Cut(plain.AsSpan(0, length), Limits.TextCharacters), target);
        ArrayPool<byte>.Shared.Return(plain);
        return written;
    }

    // \u may hide half a surrogate pair.
    private static bool MustBeRewritten(ref Utf8JsonReader reader) =>
        reader.ValueSpan.Length > Limits.TextCharacters || (reader.ValueIsEscaped && reader.ValueSpan.IndexOf("\\u"u8) >= 0);

    private static ValueFault CopyContainer(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> source, bool sourceIsUtf8, Span<byte> target, ValueLimits limits, out int written)
    {
        var beginning = reader;
        var start = (int)reader.TokenStartIndex;
        var fault = Inspect(ref reader, sourceIsUtf8, limits.ListMembers, out var rewrite);
        var length = (int)reader.BytesConsumed - start;
        if (fault != ValueFault.None)
        {
            written = 0;
        }
        else if (rewrite || length > limits.Bytes)
        {
            written = Rewrite(ref beginning, target, limits.Bytes);
        }
        else
        {
            source.Slice(start, length).CopyTo(target);
            written = length;
        }

        return fault;
    }

    /// <summary>Reads to the end of a list or object, and finds out whether it can be copied as it is.</summary>
    private static ValueFault Inspect(ref Utf8JsonReader reader, bool sourceIsUtf8, int listMembers, out bool rewrite)
    {
        Span<int> members = stackalloc int[Limits.Depth + 1];
        Span<bool> isObject = stackalloc bool[Limits.Depth + 1];
        var fault = ValueFault.None;
        var outside = reader.CurrentDepth;
        var (depth, objects) = (0, 0);
        rewrite = false;
        do
        {
            var token = reader.TokenType;
            if (token is JsonTokenType.EndArray or JsonTokenType.EndObject)
            {
                objects -= isObject[depth] ? 1 : 0;
                depth--;
                continue;
            }

            // A member is a name in an object and a value in a list.
            if (depth is > 0 and <= Limits.Depth && isObject[depth] == (token == JsonTokenType.PropertyName) && ++members[depth] > (isObject[depth] ? Limits.Members : listMembers))
            {
                fault = Worse(fault, ValueFault.TooManyMembers);
            }

            if (token is JsonTokenType.StartArray or JsonTokenType.StartObject)
            {
                depth++;
                if (depth > Limits.Depth)
                {
                    fault = Worse(fault, ValueFault.TooDeep);
                    SkipToEnd(ref reader, outside);
                    break;
                }

                members[depth] = 0;
                isObject[depth] = token == JsonTokenType.StartObject;
                objects += isObject[depth] ? 1 : 0;
                fault = objects > Limits.ObjectDepth ? Worse(fault, ValueFault.TooDeep) : fault;
            }
            else if (token is JsonTokenType.String or JsonTokenType.PropertyName)
            {
                fault = sourceIsUtf8 || Utf8.IsValid(reader.ValueSpan) ? fault : Worse(fault, ValueFault.NotUtf8);
                rewrite |= MustBeRewritten(ref reader);
            }
        }
        while (depth > 0 && reader.Read());

        return fault;
    }

    // The first fault found stays.
    private static ValueFault Worse(ValueFault known, ValueFault found) => known == ValueFault.None ? found : known;

    private static void SkipToEnd(ref Utf8JsonReader reader, int outside)
    {
        while (reader.Read() && reader.CurrentDepth > outside)
        {
        }
    }

    /// <summary>Writes a list or object anew, leaving out the members at its end that are too much.</summary>
    private static int Rewrite(ref Utf8JsonReader reader, Span<byte> target, int most)
    {
        var length = 0;
        var open = reader.TokenType;
        target[length++] = open == JsonTokenType.StartObject ? (byte)'{' : (byte)'[';
        var full = false;
        while (reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
        {
            if (full)
            {
                SkipMember(ref reader);
                continue;
            }

            var before = length;
            if (length > 1)
            {
                target[length++] = (byte)',';
            }

            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                length += CopyText(ref reader, target[length..]);
                target[length++] = (byte)':';
                reader.Read();
            }

            length += reader.TokenType switch
            {
                JsonTokenType.StartObject or JsonTokenType.StartArray => Rewrite(ref reader, target[length..], int.MaxValue),
                JsonTokenType.String => CopyText(ref reader, target[length..]),
                _ => CopyRaw(ref reader, target[length..]),
            };
            if (length + 1 > most)
            {
                length = before;
                full = true;
            }
        }

        target[length++] = open == JsonTokenType.StartObject ? (byte)'}' : (byte)']';
        return length;
    }

    private static void SkipMember(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.PropertyName)
        {
            reader.Read();
        }

        reader.Skip();
    }

    private static int CopyRaw(ref Utf8JsonReader reader, Span<byte> target)
    {
        reader.ValueSpan.CopyTo(target);
        return reader.ValueSpan.Length;
    }
}
