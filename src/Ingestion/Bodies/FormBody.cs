using System.Text;
using Microsoft.AspNetCore.Http;

namespace Muster.Ingestion.Bodies;

/// <summary>Takes the records out of a form: its field <c>data</c>, which is JSON or base64 of it.</summary>
/// <remarks>
/// A form decoder of the framework would not do: it turns the plus signs of base64, which some SDKs do not
/// percent-encode, into spaces, and refuses what is not UTF-8.
/// </remarks>
internal static class FormBody
{
    /// <summary>The field that has the records.</summary>
    public const string Data = "data";

    // Other fields are switches such as verbose=1; what is longer or more is none.
    private const int LongestField = 256;
    private const int MostFields = 32;

    /// <summary>Leaves the body with its records alone; or says why it has none.</summary>
    public static Refusal? Unwrap(Body body)
    {
        var text = body.Writable;
        if (Payload.IsJson(text))
        {
            body.Unwrap(0, text.Length, null);
            return null;
        }

        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        Range? data = null;
        foreach (var range in ((ReadOnlySpan<byte>)text).Split((byte)'&'))
        {
            var field = text[range];
            var nameLength = field.IndexOf((byte)'=');
            if (nameLength < 0 || nameLength > LongestField)
            {
                continue;
            }

            var name = Text(field[..nameLength]);
            if (name == Data)
            {
                data ??= (range.Start.GetOffset(text.Length) + nameLength + 1)..range.End;
            }
            else if (field.Length - nameLength <= LongestField && fields.Count < MostFields)
            {
                fields.TryAdd(name, Text(field[(nameLength + 1)..]));
            }
        }

        if (data is not { } found)
        {
            return new Refusal(StatusCodes.Status400BadRequest, "the request has no field 'data'");
        }

        var (start, length) = found.GetOffsetAndLength(text.Length);
        if (!Payload.TryDecode(text.Slice(start, length), out var decoded))
        {
            return new Refusal(StatusCodes.Status400BadRequest, "the field 'data' is neither JSON nor base64 of it");
        }

        body.Unwrap(start, decoded, fields);
        return null;
    }

    private static string Text(ReadOnlySpan<byte> encoded)
    {
        Span<byte> decoded = stackalloc byte[LongestField];
        encoded.CopyTo(decoded);
        return Encoding.UTF8.GetString(decoded[..PercentEncoding.Decode(decoded[..encoded.Length], plusIsSpace: true)]);
    }
}
