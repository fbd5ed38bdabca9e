using DuckDB.NET.Data;
using Microsoft.Data.Sqlite;
using Muster.Control;
using Muster.Host.Serving;
using Muster.Warehouse;

namespace Muster.Host.Backup;

/// <summary>Takes a backup of a data folder that no server has. Nothing in it is brought up to date: it may be one of an older version.</summary>
internal static class StoppedBackup
{
    /// <summary>Whether a folder is a data folder.</summary>
    public static bool IsThere(string dataDir) => File.Exists(Path.Combine(dataDir, "control.db"));

    /// <summary>Takes one.</summary>
    /// <param name="dataDir">The data folder.</param>
    /// <param name="target">An empty folder for it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The manifest, and what it is a backup of.</returns>
    /// <exception cref="FailedException">A server has the folder, it is none, or it cannot be read.</exception>
    public static async Task<(BackupManifest Manifest, string From)> TakeAsync(string dataDir, string target, CancellationToken cancellationToken)
    {
        var warehouse = Path.Combine(dataDir, "warehouse.duckdb");
        if (!IsThere(dataDir) || !File.Exists(warehouse))
        {
            throw new FailedException($"'{dataDir}' is no data folder of Muster: it has no control.db and warehouse.duckdb.");
        }

        using var folder = DataFolder.Take(dataDir);
        try
        {
            var connection = new DuckDBConnection($"Data Source={warehouse};memory_limit=512MiB");
            await connection.OpenAsync(cancellationToken);
            var manifest = await DataSnapshot.TakeAsync(new ControlOptions { DataDir = dataDir }, connection, target, TimeProvider.System, cancellationToken);
            LastBackup.Note(dataDir, manifest);
            return (manifest, dataDir);
        }
        catch (Exception e) when (e is DuckDBException or SqliteException or WarehouseUnavailableException)
        {
            throw new FailedException($"The data folder '{dataDir}' could not be copied: {e.Message}", e);
        }
    }
}
