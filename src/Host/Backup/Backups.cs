using System.Formats.Tar;
using Muster.Control;
using Muster.Host.Serving;
using Muster.Warehouse.DuckDb;

namespace Muster.Host.Backup;

/// <summary>Takes backups of the running server: each into a folder beside the data, which is gone once it was handed out.</summary>
internal sealed class Backups(DuckDbStore store, ControlOptions control, TimeProvider clock, ILogger<Backups> logger) : IHostedService, IDisposable
{
    /// <summary>What copying takes besides what the engine may keep usually, in MiB: so that queries do not lack it meanwhile.</summary>
    private const long Memory = 128;

    private readonly SemaphoreSlim _one = new(1);

    private string DataDir => control.DataDir;

    private string Folder => Path.Combine(DataDir, "backup-in-progress");

    /// <summary>The bytes that a backup needs in the data folder for a while.</summary>
    public long BytesNeeded => DataSnapshot.SizeOf(DataDir);

    /// <summary>The bytes there are for it.</summary>
    public long BytesFree => new DriveInfo(DataDir).AvailableFreeSpace;

    /// <summary>Takes one; null: another is being taken.</summary>
    public async Task<Taken?> TryTakeAsync(CancellationToken cancellationToken)
    {
        if (!await _one.WaitAsync(0, cancellationToken))
        {
            return null;
        }

        try
        {
            BackupFiles.DeleteFolder(Folder);
            OwnersFolder.Make(Folder);
            using var memory = store.LendMemory(Memory);
            var started = clock.GetTimestamp();
            var manifest = await DataSnapshot.TakeAsync(control, store.Open(), Folder, clock, cancellationToken);
            Log.BackupTaken(logger, manifest.Bytes(), clock.GetElapsedTime(started).TotalSeconds);
            return new Taken(this, manifest);
        }
        catch
        {
            End();
            throw;
        }
    }

    /// <summary>Clears away what a process that was killed had begun.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        BackupFiles.DeleteFolder(Folder);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public void Dispose() => _one.Dispose();

    private void End()
    {
        try
        {
            BackupFiles.DeleteFolder(Folder);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>A backup that was taken, until it is disposed.</summary>
    internal sealed class Taken(Backups backups, BackupManifest manifest) : IDisposable
    {
        /// <summary>Writes it as a tar archive, the manifest first, and notes that it was handed out.</summary>
        public async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
        {
            await using (var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
            {
                foreach (var path in (string[])[BackupManifest.FileName, .. manifest.Files.Select(f => f.Path)])
                {
                    await tar.WriteEntryAsync(BackupFiles.At(backups.Folder, path), path, cancellationToken);
                }
            }

            await stream.FlushAsync(cancellationToken);
            LastBackup.Note(backups.DataDir, manifest);
        }

        /// <summary>When it was taken.</summary>
        public DateTimeOffset TakenAt => manifest.TakenAt;

        /// <inheritdoc />
        public void Dispose() => backups.End();
    }
}
