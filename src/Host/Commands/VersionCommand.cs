using System.CommandLine;

namespace Muster.Host.Commands;

/// <summary><c>muster version</c></summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Print the version");
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.WriteLine($"muster {ProgramVersion.Text}");
            return CommandLine.Done;
        });
        return command;
    }
}
