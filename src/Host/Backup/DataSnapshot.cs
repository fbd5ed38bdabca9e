using DuckDB.NET.Data;
using Muster.Control;
using Muster.Control.Backup;
using Muster.Host.Serving;
using Muster.Warehouse.DuckDb.Backup;

namespace Muster.Host.Backup;

/// <summary>Copies a data folder as it is at one moment, whether it is being written to or not.</summary>
/// <remarks>
/// 1. The control database is held: nobody writes to it.
/// 2. The warehouse's moment is taken, then the control database's, and the keys are copied; that takes milliseconds.
/// 3. The control database is let go. Everyone writes again; neither copy sees it.
/// 4. Both are copied.
/// 5. The manifest is written.
/// The two copies are what a kill at that moment would have left, which is what every start is made for.
/// </remarks>
internal static class DataSnapshot
{
    private const string ControlFile = "control.db";
    private const string WarehouseFile = "warehouse.duckdb";
    private const string KeysFolder = "keys";

    /// <summary>Takes it into a folder, which must be there and empty.</summary>
    /// <param name="control">Where the data folder is.</param>
    /// <param name="warehouse">An open connection to the warehouse; it is disposed.</param>
    /// <param name="target">The folder.</param>
    /// <param name="clock">Tells the moment.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<BackupManifest> TakeAsync(
        ControlOptions control, DuckDBConnection warehouse, string target, TimeProvider clock, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, long> rows;
        IReadOnlyList<string> controlMigrations, warehouseMigrations;
        DateTimeOffset takenAt;
        using (var ofWarehouse = new WarehouseSnapshot(warehouse, Path.Combine(target, WarehouseFile)))
        {
            // 1
            using var ofControl = ControlSnapshot.Hold(control);

            // 2
            ofWarehouse.Pin();
            ofControl.Pin();
            takenAt = clock.GetUtcNow();
            CopyKeys(Path.Combine(control.DataDir, KeysFolder), Path.Combine(target, KeysFolder));

            // 3
            ofControl.Release();

            // 4
            ofControl.CopyTo(Path.Combine(target, ControlFile));
            cancellationToken.ThrowIfCancellationRequested();
            rows = await Task.Factory.StartNew(ofWarehouse.Copy, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            (controlMigrations, warehouseMigrations) = (ofControl.Migrations, ofWarehouse.Migrations);
        }

        // 5
        var files = new List<BackupFile>();
        foreach (var file in Directory.EnumerateFiles(target, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            files.Add(await BackupFiles.DescribeAsync(target, Path.GetRelativePath(target, file).Replace('\\', '/'), cancellationToken));
        }

        var manifest = new BackupManifest
        {
            Format = BackupManifest.CurrentFormat,
            Version = ProgramVersion.Text,
            TakenAt = takenAt,
            ControlMigrations = controlMigrations,
            WarehouseMigrations = warehouseMigrations,
            WarehouseRows = rows,
            Files = files,
        };
        BackupFiles.Write(Path.Combine(target, BackupManifest.FileName), manifest.ToBytes());
        return manifest;
    }

    /// <summary>The bytes of a data folder's stores: what a copy of them takes at most.</summary>
    public static long SizeOf(string dataDir) => new[] { ControlFile, WarehouseFile, $"{WarehouseFile}.wal" }
        .Sum(name => new FileInfo(Path.Combine(dataDir, name)) is { Exists: true } file ? file.Length : 0);

    private static void CopyKeys(string from, string to)
    {
        OwnersFolder.Make(to);
        if (Directory.Exists(from))
        {
            foreach (var key in Directory.EnumerateFiles(from))
            {
                File.Copy(key, Path.Combine(to, Path.GetFileName(key)));
            }
        }
    }
}
