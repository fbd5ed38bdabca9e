using System.CommandLine;
using Muster.Host.Settings;

namespace Muster.Host.Commands;

/// <summary>The settings as options of a verb.</summary>
internal sealed class SettingsOptions
{
    private readonly Dictionary<Setting, Option<string?>> _options = SettingsTable.All.ToDictionary(s => s, ToOption);

    public void AddTo(Command command)
    {
        foreach (var option in _options.Values)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Reads them, with what the environment and the working folder's file add.</summary>
    /// <exception cref="FailedException">Something is wrong; a line for each fault.</exception>
    public MusterSettings Read(ParseResult parsed, IReadOnlyDictionary<Setting, string>? otherDefaults = null) => MusterSettings.Read(
        new SettingsSource(s => parsed.GetValue(_options[s]), Environment.GetEnvironmentVariable, Directory.GetCurrentDirectory(), otherDefaults));

    private static Option<string?> ToOption(Setting setting) => new(setting.Option)
    {
        Description = $"{setting.Description} ({setting.Name}{(setting.Default is { } value ? $", default {value}" : "")})",
        HelpName = "VALUE",
    };
}
