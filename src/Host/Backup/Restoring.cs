using System.Globalization;
using DuckDB.NET.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Control.Backup;
using Muster.Host.Serving;
using Muster.Warehouse.DuckDb;

namespace Muster.Host.Backup;

/// <summary>Makes a data folder out of a backup.</summary>
/// <remarks>
/// 1. The folder is taken: no server has it, and nothing is in it unless it may be replaced.
/// 2. The backup is one that this version can open.
/// 3. Every file is copied beside the data and checked against the manifest; both databases are opened.
/// 4. What was there is moved aside, and the copies take its place. A start refuses the folder until that is done.
/// </remarks>
internal static class Restoring
{
    private const string DraftName = "restore-draft";
    private const string AsidePrefix = "before-restore-";
    private const string EventCount = "SELECT count(*) FROM event";

    /// <summary>Does it.</summary>
    /// <param name="backup">The backup's folder.</param>
    /// <param name="dataDir">The data folder to make.</param>
    /// <param name="replace">Whether something may be in it, which is then moved into a folder of its own.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was restored, and where what was there is now; null: nothing was.</returns>
    /// <exception cref="FailedException">It cannot be done; what is in the folder stays as it was.</exception>
    public static async Task<(BackupManifest Manifest, string? Former)> RestoreAsync(
        string backup, string dataDir, bool replace, TimeProvider clock, CancellationToken cancellationToken)
    {
        var manifest = BackupManifest.Read(backup);

        // 1
        using var folder = DataFolder.Take(dataDir, evenIfRestoring: true);
        var former = Directory.EnumerateFileSystemEntries(dataDir).Select(e => Path.GetFileName(e))
            .Where(name => name is not (DataFolder.LockName or DataFolder.RestoringName or DraftName) && !name.StartsWith(AsidePrefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).ToList();
        if (former.Count > 0 && !replace)
        {
            throw new FailedException($"'{dataDir}' is not empty. Name another folder with --data-dir, or give --replace: what is in it is then kept in a folder of its own.");
        }

        // 2
        EnsureKnown(manifest);

        // 3
        var draft = Path.Combine(dataDir, DraftName);
        try
        {
            BackupFiles.DeleteFolder(draft);
            OwnersFolder.Make(draft);
            foreach (var file in manifest.Files)
            {
                await using var content = Open(BackupFiles.At(backup, file.Path));
                await BackupFiles.CopyAsync(content, draft, file, cancellationToken);
            }

            Check(draft, manifest);
        }
        catch (Exception e)
        {
            BackupFiles.DeleteFolder(draft);
            if (e is IOException or UnauthorizedAccessException or SqliteException or DuckDBException)
            {
                throw new FailedException($"The backup could not be restored: {e.Message} Nothing was changed.", e);
            }

            throw;
        }

        // 4
        var ready = Path.Combine(dataDir, DataFolder.RestoringName);
        BackupFiles.DeleteFolder(ready);
        Directory.Move(draft, ready);
        var aside = former.Count == 0 ? null : Path.Combine(dataDir, $"{AsidePrefix}{clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}");
        if (aside is not null)
        {
            OwnersFolder.Make(aside);
            former.ForEach(name => Move(dataDir, aside, name));
        }

        foreach (var entry in Directory.EnumerateFileSystemEntries(ready).Select(e => Path.GetFileName(e)).ToList())
        {
            Move(ready, dataDir, entry);
        }

        LastBackup.Note(dataDir, manifest);
        Directory.Delete(ready);
        return (manifest, aside);
    }

    private static void EnsureKnown(BackupManifest manifest)
    {
        if (manifest.Format > BackupManifest.CurrentFormat)
        {
            throw Newer(manifest);
        }

        var options = new DbContextOptionsBuilder<ControlDb>();
        ControlFeature.UseDatabase(options, new ControlOptions { DataDir = "." });
        using var db = new ControlDb(options.Options);
        if (manifest.ControlMigrations.Except(db.Database.GetMigrations()).Any() || manifest.WarehouseMigrations.Except(DuckDbStore.Migrations).Any())
        {
            throw Newer(manifest);
        }
    }

    private static FailedException Newer(BackupManifest manifest) =>
        new($"The backup was made by a newer Muster ({manifest.Version}, this is {ProgramVersion.Text}); restore it with that version or a later one. Nothing was changed.");

    // The copies are what the manifest says; whether what it says is a database shows when it is opened.
    private static void Check(string draft, BackupManifest manifest)
    {
        RestoredControl.Prepare(new ControlOptions { DataDir = draft });
        using var warehouse = new DuckDBConnection($"Data Source={Path.Combine(draft, "warehouse.duckdb")};memory_limit=512MiB");
        warehouse.Open();
        var events = warehouse.Query(EventCount, row => row.GetInt64(0))[0];
        if (manifest.WarehouseRows.GetValueOrDefault("event") != events)
        {
            throw new FailedException($"The backup has {events} events instead of {manifest.WarehouseRows.GetValueOrDefault("event")}: it is damaged. Nothing was changed; use another one.");
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FailedException($"'{path}' is missing: the backup is not whole. Nothing was changed; use another one.", e);
        }
    }

    private static void Move(string from, string to, string name)
    {
        var (source, target) = (Path.Combine(from, name), Path.Combine(to, name));
        if (Directory.Exists(source))
        {
            Directory.Move(source, target);
        }
        else
        {
            File.Move(source, target);
        }
    }
}
