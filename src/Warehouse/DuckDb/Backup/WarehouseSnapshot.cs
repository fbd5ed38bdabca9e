using DuckDB.NET.Data;

namespace Muster.Warehouse.DuckDb.Backup;

/// <summary>The warehouse as it is at one moment, to be copied into another file while everyone goes on writing.</summary>
/// <remarks>
/// <list type="number">
/// <item>The new file is attached.</item>
/// <item><see cref="Pin"/> begins a transaction: what is committed afterwards is not seen by it.</item>
/// <item><see cref="Copy"/> has the engine copy schema and rows within that transaction, and compares every table.</item>
/// </list>
/// Sequences are outside of transactions: the copy's stand where they stood when it was made, so that no number is given twice.
/// </remarks>
public sealed class WarehouseSnapshot : IDisposable
{
    private const string Copying = "COPY FROM DATABASE warehouse TO muster_backup";
    private const string Detaching = "DETACH DATABASE IF EXISTS muster_backup";

    // The first read fixes what the transaction sees.
    private const string Applied = "SELECT name FROM warehouse.schema_migration ORDER BY name";

    private const string Tables = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'warehouse' AND NOT temporary ORDER BY table_name";

    private readonly DuckDBConnection _connection;
    private bool _inTransaction;

    /// <summary>Makes the new file; nothing is copied yet.</summary>
    /// <param name="connection">An open connection to the warehouse, which is disposed with this.</param>
    /// <param name="path">Where the new file goes; it must not be there yet.</param>
    public WarehouseSnapshot(DuckDBConnection connection, string path)
    {
        _connection = connection;
        _connection.Execute($"ATTACH '{path.Replace("'", "''", StringComparison.Ordinal)}' AS muster_backup");
    }

    /// <summary>The migrations that the warehouse has; known once it is pinned.</summary>
    public IReadOnlyList<string> Migrations { get; private set; } = [];

    /// <summary>Takes the moment.</summary>
    public void Pin()
    {
        _connection.Execute("BEGIN TRANSACTION");
        _inTransaction = true;
        Migrations = _connection.Query(Applied, row => row.GetString(0));
    }

    /// <summary>Copies what there was at that moment. When it returns the new file is whole, durable and closed.</summary>
    /// <returns>The rows of each table.</returns>
    /// <exception cref="WarehouseUnavailableException">The copy is not what was copied, or could not be made.</exception>
    public IReadOnlyDictionary<string, long> Copy()
    {
        try
        {
            _connection.Execute(Copying);
            var rows = _connection.Query(Tables, row => row.GetString(0)).ToDictionary(t => t, t => Rows("warehouse", t), StringComparer.Ordinal);
            foreach (var (table, count) in rows)
            {
                var copied = Rows("muster_backup", table);
                if (copied != count)
                {
                    throw new WarehouseUnavailableException($"The copy of the warehouse has {copied} rows in {table} instead of {count}; it is of no use. Take the backup again.");
                }
            }

            _connection.Execute("COMMIT");
            _inTransaction = false;
            _connection.Execute(Detaching);
            return rows;
        }
        catch (DuckDBException e)
        {
            throw new WarehouseUnavailableException($"The warehouse could not be copied: {e.Message} Take the backup again.", e);
        }
    }

    /// <summary>Ends the transaction, if it has not ended, and lets go of the new file.</summary>
    public void Dispose()
    {
        try
        {
            if (_inTransaction)
            {
                _connection.Execute("ROLLBACK");
            }

            _connection.Execute(Detaching);
        }
        catch (DuckDBException)
        {
            // What broke the copy broke the transaction too; closing the connection ends it.
        }

        _connection.Dispose();
    }

    // Names of tables come from the migrations; none has a quote in it.
    private long Rows(string database, string table) => _connection.Query($"SELECT count(*) FROM {database}.\"{table}\"", row => row.GetInt64(0))[0];
}
