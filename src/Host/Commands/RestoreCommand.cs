using System.CommandLine;
using System.Globalization;
using Muster.Host.Backup;

namespace Muster.Host.Commands;

/// <summary><c>muster restore DIR</c></summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var backup = new Argument<string>("dir") { Description = "The folder that 'muster backup' wrote" };
        var dataDir = new DataDirOption();
        var replace = new Option<bool>("--replace") { Description = "Also when the data folder is not empty: what is in it is kept in a folder of its own" };
        var command = new Command("restore", "Make a data folder out of a backup; no server may be running on it") { backup, dataDir.Option, replace };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = DataDirOption.Read(parsed.GetValue(dataDir.Option));
            var (manifest, former) = await Restoring.RestoreAsync(
                Path.GetFullPath(parsed.GetValue(backup)!), folder, parsed.GetValue(replace), TimeProvider.System, cancellationToken);
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{folder} is as it was at {manifest.TakenAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}: {manifest.Bytes() / 1e6:N1} MB, {manifest.WarehouseRows.GetValueOrDefault("event"):N0} events. Start it with 'muster serve'."));
            if (former is not null)
            {
                await Console.Error.WriteLineAsync($"What was there before is in {former}; delete it when it is not needed any more.");
            }

            return CommandLine.Done;
        });
        return command;
    }
}
