using System.CommandLine;
using Muster.Host.Demo;
using Muster.Host.Settings;

namespace Muster.Host.Commands;

/// <summary><c>muster demo</c></summary>
internal static class DemoCommand
{
    private static readonly Dictionary<Setting, string> Defaults = new() { [SettingsTable.DataDir] = "./demo-data" };

    public static Command Create()
    {
        var settings = new SettingsOptions(otherDefaults: Defaults);
        var command = new Command("demo", "serve, with an Iterable sandbox, a sample shop and two syncs; safe to run again");
        settings.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
            await new MusterDemo(settings.Read(parsed), TimeProvider.System).RunAsync(cancellationToken) ? CommandLine.Done : CommandLine.Failed);
        return command;
    }
}
