using System.Globalization;

namespace Muster.Host.Settings;

/// <summary>One setting: its name, what it takes and what it is when nobody sets it.</summary>
/// <param name="Name">The environment variable, as <c>MUSTER_DATA_DIR</c>; option and file key follow from it.</param>
/// <param name="Accepts">What a good value looks like; the end of the line that refuses a bad one.</param>
/// <param name="Default">The value when it is set nowhere; null: none.</param>
/// <param name="Description">What it is for, in a help line.</param>
internal sealed record Setting(string Name, string Accepts, string? Default, string Description)
{
    private const string Prefix = "MUSTER_";

    /// <summary>Whether its value must not be repeated in messages.</summary>
    public bool Secret { get; init; }

    /// <summary>The option: <c>--data-dir</c>.</summary>
    public string Option => "--" + Name[Prefix.Length..].Replace('_', '-').ToLowerInvariant();

    /// <summary>The key in <c>muster.json</c>: <c>dataDir</c>.</summary>
    public string FileKey
    {
        get
        {
            var words = Name[Prefix.Length..].Split('_');
            return words[0].ToLowerInvariant()
                + string.Concat(words.Skip(1).Select(w => w[0] + w[1..].ToLower(CultureInfo.InvariantCulture)));
        }
    }
}
