using System.Globalization;
using System.Text.RegularExpressions;

namespace Muster.Cohorts.Definition;

/// <summary>Texts that read as a number: exactly those that JSON would take for one.</summary>
internal static partial class JsonNumber
{
    /// <summary>JSON's grammar of a number, as a regular expression that .NET and RE2 both understand.</summary>
    public const string Grammar = "-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?";

    /// <summary>The number a text reads as; null when JSON would not take it for one.</summary>
    public static double? Read(string text) =>
        Whole().IsMatch(text) ? double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) : null;

    // \z, because $ would let a line feed follow.
    [GeneratedRegex("^(" + Grammar + ")\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();
}
