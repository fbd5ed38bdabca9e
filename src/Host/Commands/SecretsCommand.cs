using System.CommandLine;
using System.Globalization;
using Muster.Control.KeyRing;
using Muster.Host.Serving;
using Muster.Host.Settings;

namespace Muster.Host.Commands;

/// <summary><c>muster secrets …</c></summary>
internal static class SecretsCommand
{
    public static Command Create() => new("secrets", "The keys that stored secrets are encrypted with") { Rotate() };

    private static Command Rotate()
    {
        var settings = new SettingsOptions([SettingsTable.DataDir, SettingsTable.MasterKey, SettingsTable.OldMasterKey]);
        var command = new Command("rotate", "Encrypt every stored secret anew and destroy the former keys; while the server is stopped");
        settings.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var source = settings.Source(parsed);
            var read = MusterSettings.Read(source);
            using var folder = DataFolder.Take(read.DataDir);
            try
            {
                var rotated = await SecretRotation.RunAsync(
                    read.Control, source.Find(SettingsTable.OldMasterKey)?.Text, TimeProvider.System, cancellationToken);
                await Console.Out.WriteLineAsync(Told(rotated));
                return CommandLine.Done;
            }
            catch (KeyRingException e)
            {
                throw new FailedException(e.Message, e);
            }
        });
        return command;
    }

    private static string Told(RotatedSecrets rotated) => string.Create(
        CultureInfo.InvariantCulture,
        $"{rotated.Secrets} secrets are encrypted with a new key; {rotated.Keys} former keys are destroyed. Everyone signs in again.")
        + (rotated.Unreadable == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $" {rotated.Unreadable} secrets could not be read before either and are as they were: give those connections their keys again."));
}
