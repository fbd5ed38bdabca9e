using Microsoft.Data.Sqlite;

namespace Muster.Control.Backup;

/// <summary>The control database as it is at one moment, to be copied into another file while everyone goes on writing.</summary>
/// <remarks>
/// Between <see cref="Hold"/> and <see cref="Release"/> nobody else can write to it, for the milliseconds in which other
/// stores take the same moment: a copy of one that knows of runs which the other does not would mix them up later.
/// </remarks>
public sealed class ControlSnapshot : IDisposable
{
    private readonly SqliteConnection _gate;
    private readonly SqliteConnection _reader;

    private ControlSnapshot(SqliteConnection gate, SqliteConnection reader) => (_gate, _reader) = (gate, reader);

    /// <summary>The migrations that the database has; known once it is pinned.</summary>
    public IReadOnlyList<string> Migrations { get; private set; } = [];

    /// <summary>Waits until nobody writes to the database, and holds writers off.</summary>
    /// <exception cref="SqliteException">It cannot be opened, or someone has written for half a minute.</exception>
    public static ControlSnapshot Hold(ControlOptions options)
    {
        var gate = ControlFile.Open(ControlFeature.SqliteConnectionString(options), SqliteOpenMode.ReadWrite);
        SqliteConnection? reader = null;
        try
        {
            reader = ControlFile.Open(ControlFeature.SqliteConnectionString(options), SqliteOpenMode.ReadWrite);
            ControlFile.Execute(gate, "BEGIN IMMEDIATE");
            return new ControlSnapshot(gate, reader);
        }
        catch
        {
            reader?.Dispose();
            gate.Dispose();
            throw;
        }
    }

    /// <summary>Takes the moment.</summary>
    public void Pin()
    {
        ControlFile.Execute(_reader, "BEGIN");
        Migrations = ControlFile.Read(_reader, ControlFile.AppliedMigrations);
    }

    /// <summary>Lets the others write again.</summary>
    public void Release() => ControlFile.Execute(_gate, "ROLLBACK");

    /// <summary>Copies what there was at that moment into a new file, and checks it.</summary>
    /// <exception cref="SqliteException">It could not be copied.</exception>
    public void CopyTo(string path)
    {
        using var target = ControlFile.Open($"Data Source={path}", SqliteOpenMode.ReadWriteCreate);
        _reader.BackupDatabase(target);
        if (ControlFile.Read(target, "PRAGMA integrity_check") is not ["ok"])
        {
            throw new SqliteException("The copy of the control database is damaged, as the original may be. Run 'muster doctor'.", 11);
        }

        // One file, without a log beside it.
        ControlFile.Read(target, "PRAGMA journal_mode = DELETE");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _gate.Dispose();
        _reader.Dispose();
    }
}
