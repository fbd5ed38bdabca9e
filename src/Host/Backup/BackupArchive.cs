using System.Formats.Tar;
using System.Text.Json;

namespace Muster.Host.Backup;

/// <summary>Unpacks the archive of a server's backup, checking every file against the manifest that comes first.</summary>
internal static class BackupArchive
{
    private const int LargestManifest = 64 * 1024 * 1024;

    /// <summary>Unpacks into a folder, which must be there and empty.</summary>
    /// <exception cref="FailedException">The archive is not whole or not what its manifest says.</exception>
    public static async Task<BackupManifest> UnpackAsync(Stream archive, string folder, CancellationToken cancellationToken)
    {
        try
        {
            await using var tar = new TarReader(archive, leaveOpen: true);
            var manifest = await ReadManifestAsync(await tar.GetNextEntryAsync(copyData: false, cancellationToken), cancellationToken);
            foreach (var expected in manifest.Files)
            {
                if (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is not { DataStream: { } content } entry || entry.Name != expected.Path)
                {
                    throw new FailedException($"The server's answer has no {expected.Path}: it was cut off. Take the backup again.");
                }

                await BackupFiles.CopyAsync(content, folder, expected, cancellationToken);
            }

            BackupFiles.Write(Path.Combine(folder, BackupManifest.FileName), manifest.ToBytes());
            return manifest;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or JsonException or HttpIOException)
        {
            throw new FailedException($"The server's answer broke off or is no backup: {e.Message} Take the backup again.", e);
        }
    }

    private static async Task<BackupManifest> ReadManifestAsync(TarEntry? entry, CancellationToken cancellationToken)
    {
        if (entry is not { Name: BackupManifest.FileName, DataStream: { } content, Length: <= LargestManifest })
        {
            throw new InvalidDataException($"it does not begin with {BackupManifest.FileName}.");
        }

        using var text = new MemoryStream();
        await content.CopyToAsync(text, cancellationToken);
        return BackupManifest.Parse(text.ToArray());
    }
}
