using System.CommandLine;
using Muster.Host.Settings;

namespace Muster.Host.Commands;

/// <summary>The data folder as an option of verbs that need no other setting; it comes from where <c>muster serve</c> has it from.</summary>
internal sealed class DataDirOption
{
    /// <summary>The option.</summary>
    public Option<string?> Option { get; } = new(SettingsTable.DataDir.Option)
    {
        Description = $"{SettingsTable.DataDir.Description} ({SettingsTable.DataDir.Name}, default {SettingsTable.DataDir.Default})",
        HelpName = "VALUE",
    };

    /// <summary>The folder, as a full path.</summary>
    /// <param name="given">What was given for the option.</param>
    /// <exception cref="FailedException">It is none.</exception>
    public static string Read(string? given)
    {
        var settings = new SettingsReader(new SettingsSource(
            setting => setting == SettingsTable.DataDir ? given : null, Environment.GetEnvironmentVariable, Directory.GetCurrentDirectory()));
        var folder = settings.Value<string>(SettingsTable.DataDir, Accepted.Folder);
        settings.ThrowIfFaulty();
        return folder!;
    }
}
