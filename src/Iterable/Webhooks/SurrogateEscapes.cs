using System.Buffers.Text;

namespace Muster.Iterable.Webhooks;

/// <summary>Escapes of surrogate halves without their other half: they stand for no character, and the store's JSON reader refuses the whole value.</summary>
internal static class SurrogateEscapes
{
    private const int Length = 6;

    /// <summary>Writes the replacement character in place of each lone half.</summary>
    public static void Repair(Span<byte> json)
    {
        for (var at = json.IndexOf((byte)'\\'); at >= 0 && at + 1 < json.Length;)
        {
            var next = at + 2;
            if (UnitAt(json, at) is { } unit)
            {
                next = at + Length;
                if (char.IsHighSurrogate(unit) && UnitAt(json, next) is { } low && char.IsLowSurrogate(low))
                {
                    next += Length;
                }
                else if (char.IsSurrogate(unit))
                {
                    "\\ufffd"u8.CopyTo(json[at..]);
                }
            }

            var rest = next < json.Length ? json[next..].IndexOf((byte)'\\') : -1;
            at = rest < 0 ? -1 : next + rest;
        }
    }

    private static char? UnitAt(Span<byte> json, int at) =>
        at + Length <= json.Length && json[at] == '\\' && json[at + 1] == 'u'
        && Utf8Parser.TryParse(json.Slice(at + 2, 4), out ushort unit, out var read, 'x') && read == 4
            ? (char)unit
            : null;
}
