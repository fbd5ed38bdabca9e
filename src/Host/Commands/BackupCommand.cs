using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Muster.Host.Backup;
using Muster.Host.Client;

namespace Muster.Host.Commands;

/// <summary><c>muster backup DIR</c></summary>
internal static class BackupCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static Command Create()
    {
        var folder = new Argument<string>("dir") { Description = "The folder to make; it must not be there yet, or be empty" };
        var dataDir = new DataDirOption();
        return new ApiCommand("backup", "Copy everything into a folder, from a running server or from the data folder of one that is stopped", async (call, cancellationToken) =>
        {
            var target = Path.GetFullPath(call.Value(folder)!);
            var (manifest, from) = await NewFolder.FillAsync(target, draft => call.IsGiven(dataDir.Option)
                ? StoppedBackup.TakeAsync(DataDirOption.Read(call.Value(dataDir.Option)), draft, cancellationToken)
                : FromServerAsync(call, draft, cancellationToken));
            Show(call, new Done(target, from, manifest.TakenAt, manifest.Version, manifest.Bytes(), manifest.WarehouseRows.GetValueOrDefault("event")));
        }, folder, dataDir.Option);
    }

    private static async Task<(BackupManifest Manifest, string From)> FromServerAsync(ApiCall call, string draft, CancellationToken cancellationToken)
    {
        try
        {
            return (await call.Api.ReadAsync(HttpMethod.Post, "backup", archive => BackupArchive.UnpackAsync(archive, draft, cancellationToken), cancellationToken), call.Api.Address);
        }
        catch (FailedException e) when (e.InnerException is HttpRequestException)
        {
            // Nobody answers there: a stopped server leaves its folder to whoever takes it.
            var dataDir = DataDirOption.Read(null);
            return StoppedBackup.IsThere(dataDir)
                ? await StoppedBackup.TakeAsync(dataDir, draft, cancellationToken)
                : throw new FailedException([.. e.Lines, $"Neither is there a data folder at '{dataDir}'; name that of a stopped server with --data-dir."], e);
        }
    }

    private static void Show(ApiCall call, Done done)
    {
        if (call.Json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(done, Json));
        }
        else
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"Backup of {done.From} as it was at {done.TakenAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}, checked: {done.Bytes / 1e6:N1} MB, {done.Events:N0} events, in {done.Directory}."));
        }
    }

    private sealed record Done(string Directory, string From, DateTimeOffset TakenAt, string Version, long Bytes, long Events);
}
