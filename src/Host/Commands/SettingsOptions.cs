using System.CommandLine;
using Muster.Host.Settings;

namespace Muster.Host.Commands;

/// <summary>The settings as options of a verb.</summary>
/// <param name="taken">The settings it takes as options; null: all that <c>serve</c> takes. The environment and the file may set the others too.</param>
/// <param name="otherDefaults">What this verb takes where nothing is set, other than usual.</param>
internal sealed class SettingsOptions(IReadOnlyList<Setting>? taken = null, IReadOnlyDictionary<Setting, string>? otherDefaults = null)
{
    private readonly Dictionary<Setting, Option<string?>> _options =
        (taken ?? SettingsTable.All).ToDictionary(s => s, s => ToOption(s, otherDefaults?.GetValueOrDefault(s) ?? s.Default));

    public void AddTo(Command command)
    {
        foreach (var option in _options.Values)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Reads them, with what the environment and the working folder's file add.</summary>
    /// <exception cref="FailedException">Something is wrong; a line for each fault.</exception>
    public MusterSettings Read(ParseResult parsed) => MusterSettings.Read(Source(parsed));

    /// <summary>Where they come from.</summary>
    public SettingsSource Source(ParseResult parsed) => new(
        s => _options.TryGetValue(s, out var option) ? parsed.GetValue(option) : null,
        Environment.GetEnvironmentVariable, Directory.GetCurrentDirectory(), otherDefaults);

    private static Option<string?> ToOption(Setting setting, string? fallback) => new(setting.Option)
    {
        Description = $"{setting.Description} ({setting.Name}{(fallback is not null ? $", default {fallback}" : "")})",
        HelpName = "VALUE",
    };
}
