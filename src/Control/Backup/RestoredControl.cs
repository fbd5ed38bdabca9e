using Microsoft.Data.Sqlite;

namespace Muster.Control.Backup;

/// <summary>What must change in a control database that comes out of a backup: the world went on without it.</summary>
public static class RestoredControl
{
    private const string KnowsListReads = "SELECT name FROM pragma_table_info('Syncs') WHERE name = 'ListReadAt'";

    // Lists have changed since: what the ledger knows of them is read anew before anything is planned.
    private const string ForgetListReads = "UPDATE Syncs SET ListReadAt = NULL, NextDriftCheckAt = NULL";

    private const string KnowsSessions = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'Sessions'";

    // One that was ended since would be good again.
    private const string EndSessions = "DELETE FROM Sessions";

    /// <summary>Has every list read before it is next changed, and ends all sessions.</summary>
    /// <exception cref="SqliteException">The database cannot be opened.</exception>
    public static void Prepare(ControlOptions options)
    {
        using var connection = ControlFile.Open(ControlFeature.SqliteConnectionString(options), SqliteOpenMode.ReadWrite);
        if (ControlFile.Read(connection, KnowsListReads).Count > 0)
        {
            ControlFile.Execute(connection, ForgetListReads);
        }

        if (ControlFile.Read(connection, KnowsSessions).Count > 0)
        {
            ControlFile.Execute(connection, EndSessions);
        }
    }
}
