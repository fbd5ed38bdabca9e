using System.CommandLine;
using Muster.Host.Settings;

namespace Muster.Host.Commands;

/// <summary>The settings as options of a verb.</summary>
/// <param name="otherDefaults">What this verb takes where nothing is set, other than usual.</param>
internal sealed class SettingsOptions(IReadOnlyDictionary<Setting, string>? otherDefaults = null)
{
    private readonly Dictionary<Setting, Option<string?>> _options =
        SettingsTable.All.ToDictionary(s => s, s => ToOption(s, otherDefaults?.GetValueOrDefault(s) ?? s.Default));

    public void AddTo(Command command)
    {
        foreach (var option in _options.Values)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Reads them, with what the environment and the working folder's file add.</summary>
    /// <exception cref="FailedException">Something is wrong; a line for each fault.</exception>
    public MusterSettings Read(ParseResult parsed) => MusterSettings.Read(
        new SettingsSource(s => parsed.GetValue(_options[s]), Environment.GetEnvironmentVariable, Directory.GetCurrentDirectory(), otherDefaults));

    private static Option<string?> ToOption(Setting setting, string? fallback) => new(setting.Option)
    {
        Description = $"{setting.Description} ({setting.Name}{(fallback is not null ? $", default {fallback}" : "")})",
        HelpName = "VALUE",
    };
}
