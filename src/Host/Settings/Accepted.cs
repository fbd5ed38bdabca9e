using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Mail;

namespace Muster.Host.Settings;

/// <summary>Reads a setting's text; false: it is not accepted.</summary>
internal delegate bool Reading<T>(string text, [NotNullWhen(true)] out T? value);

/// <summary>What texts settings take.</summary>
internal static class Accepted
{
    private const int ShortestSecret = 8;
    private const int LongestSecret = 200;
    private const int ShortestMasterKey = 32;
    private const int LongestMasterKey = 1000;
    private static readonly TimeSpan LongestSpan = TimeSpan.FromDays(30);

    public static bool Addresses(string text, [NotNullWhen(true)] out IReadOnlyList<string>? value)
    {
        value = text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return value.Count > 0 && value.All(IsAddress);
    }

    public static bool Folder(string text, [NotNullWhen(true)] out string? value)
    {
        value = text.Contains('\0', StringComparison.Ordinal) ? null : Path.GetFullPath(text);
        return value is not null;
    }

    public static Reading<string> Only(string word) => (string text, [NotNullWhen(true)] out string? value) =>
    {
        value = text;
        return string.Equals(text, word, StringComparison.OrdinalIgnoreCase);
    };

    public static Reading<string> OneOf(params string[] words) => (string text, [NotNullWhen(true)] out string? value) =>
    {
        value = words.FirstOrDefault(word => string.Equals(text, word, StringComparison.OrdinalIgnoreCase));
        return value is not null;
    };

    public static bool Email(string text, [NotNullWhen(true)] out string? value)
    {
        value = text;
        return MailAddress.TryCreate(text, out var address) && address.Address == text;
    }

    public static bool Password(string text, [NotNullWhen(true)] out string? value)
    {
        value = text;
        return text.Length is >= ShortestSecret and <= LongestSecret;
    }

    public static bool Token(string text, [NotNullWhen(true)] out string? value)
    {
        value = text;
        return text.Length > 0 && text.All(c => c is > ' ' and < (char)127);
    }

    public static bool MasterKey(string text, [NotNullWhen(true)] out string? value) =>
        Token(text, out value) && text.Length is >= ShortestMasterKey and <= LongestMasterKey;

    public static bool Host(string text, [NotNullWhen(true)] out string? value)
    {
        value = text;
        return Uri.CheckHostName(text) != UriHostNameType.Unknown;
    }

    public static bool Networks(string text, [NotNullWhen(true)] out IReadOnlyList<IPNetwork>? value)
    {
        var networks = new List<IPNetwork>();
        value = networks;
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPAddress.TryParse(part, out var address))
            {
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else if (IPNetwork.TryParse(part, out var network))
            {
                networks.Add(network);
            }
            else
            {
                return false;
            }
        }

        return networks.Count > 0;
    }

    public static bool Text(string text, [NotNullWhen(true)] out string? value)
    {
        value = text;
        return text.Length > 0;
    }

    /// <summary>One of an enum's names, whatever its case.</summary>
    public static bool Name<T>(string text, out T value)
        where T : struct, Enum => Enum.TryParse(text, ignoreCase: true, out value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text[0]);

    public static bool WebAddress(string text, [NotNullWhen(true)] out Uri? value) =>
        Uri.TryCreate(text, UriKind.Absolute, out value) && (value.Scheme == Uri.UriSchemeHttp || value.Scheme == Uri.UriSchemeHttps);

    /// <summary>An identity provider: what is said between it and here must not be read or changed on the way.</summary>
    public static bool Provider(string text, [NotNullWhen(true)] out Uri? value) =>
        WebAddress(text, out value) && (value.Scheme == Uri.UriSchemeHttps || value.IsLoopback) && value.Query.Length == 0 && value.Fragment.Length == 0;

    public static bool Rate(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    /// <summary>Hours, minutes and seconds are all needed: a bare number would be read as days.</summary>
    public static bool Span(string text, out TimeSpan value) =>
        TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out value)
        && text.Count(c => c == ':') == 2 && value > TimeSpan.Zero && value <= LongestSpan;

    public static Reading<long> WholeNumber(long min, long max) => (string text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= min && value <= max;

    // Kestrel's own reading, so that http://*:8787 and http://[::]:8787 are good too. TLS belongs to a proxy in front.
    private static bool IsAddress(string text)
    {
        try
        {
            var address = BindingAddress.Parse(text);
            return address.Scheme.Equals(Uri.UriSchemeHttp, StringComparison.OrdinalIgnoreCase)
                && address.PathBase.Length == 0 && address.Port is >= 0 and <= 65535;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
