using System.Globalization;
using DuckDB.NET.Data;
using Muster.Warehouse.DuckDb;

namespace Muster.Host.Doctor;

/// <summary>Looks at the warehouse of a stopped server: its file can be open in one process only.</summary>
internal static class WarehouseCheck
{
    private const string Check = "warehouse";
    private const string Applied = "SELECT name FROM schema_migration";
    private const string Events = "SELECT count(*) FROM event";

    public static Finding Look(string dataDir)
    {
        var path = Path.Combine(dataDir, "warehouse.duckdb");
        if (!File.Exists(path))
        {
            return Finding.Warning(Check, "There is no warehouse.duckdb in the data folder.", "It is made by the first start. If there was one, restore a backup: 'muster restore DIR'.");
        }

        try
        {
            using var connection = new DuckDBConnection($"Data Source={path};access_mode=READ_ONLY;memory_limit=512MiB");
            connection.Open();
            var applied = connection.Query(Applied, row => row.GetString(0));
            return applied.Except(DuckDbStore.Migrations).Any() ? ControlChecks.Newer(Check, "warehouse.duckdb")
                : DuckDbStore.Migrations.Except(applied).Count() is > 0 and var missing ? ControlChecks.Older(Check, "warehouse.duckdb", missing)
                : Finding.Ok(Check, string.Create(CultureInfo.InvariantCulture, $"warehouse.duckdb can be read and is up to date; it has {connection.Query(Events, row => row.GetInt64(0))[0]:N0} events."));
        }
        catch (DuckDBException e)
        {
            return Finding.Failed(Check, $"warehouse.duckdb cannot be read: {e.Message}", "Run this as the user that Muster runs as. If the file is damaged, restore a backup: 'muster restore DIR --replace'.");
        }
    }
}
