using System.Text;

namespace Muster.Tests.Unit.Ingestion;

/// <summary>The ways in which SDKs put records into requests.</summary>
internal static class Encodings
{
    public const string Form = "application/x-www-form-urlencoded";

    /// <summary>Base64 as the Node SDK sends it: nothing is percent-encoded.</summary>
    public static string Bare(string json) => $"data={Convert.ToBase64String(Encoding.UTF8.GetBytes(json))}";

    /// <summary>Percent-encoded base64 of what the browser SDK's own encoder makes of a text.</summary>
    public static string Browser(string json) => $"data={Uri.EscapeDataString(Convert.ToBase64String(Cesu8(json)))}";

    /// <summary>Percent-encoded JSON.</summary>
    public static string Plain(string json) => $"data={Uri.EscapeDataString(json)}";

    /// <summary>JSON percent-encoded as forms are, with plus signs for spaces.</summary>
    public static string PlainWithPluses(string json) => Plain(json).Replace("%20", "+", StringComparison.Ordinal);

    /// <summary>Base64 whose plus signs a form decoder on the way turned into spaces.</summary>
    public static string Spaced(string json) => Bare(json).Replace('+', ' ').Replace(" ", "%20", StringComparison.Ordinal);

    /// <summary>Base64 with the other alphabet and without padding.</summary>
    public static string UrlSafe(string json) => Bare(json).Replace('+', '-').Replace('/', '_').TrimEnd('=');

    /// <summary>Each half of a surrogate pair as three bytes of its own, as the browser SDK's encoder does.</summary>
    public static byte[] Cesu8(string text)
    {
        var bytes = new List<byte>();
        foreach (var unit in text)
        {
            if (unit < 0x80)
            {
                bytes.Add((byte)unit);
            }
            else if (unit < 0x800)
            {
                bytes.AddRange([(byte)(0xC0 | (unit >> 6)), (byte)(0x80 | (unit & 0x3F))]);
            }
            else
            {
                bytes.AddRange([(byte)(0xE0 | (unit >> 12)), (byte)(0x80 | ((unit >> 6) & 0x3F)), (byte)(0x80 | (unit & 0x3F))]);
            }
        }

        return [.. bytes];
    }
}
