using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Muster.Control.Backup;

namespace Muster.Control.Inspection;

/// <summary>Looks at a control database from outside, whether a server uses it or not. Nothing in it is changed.</summary>
/// <param name="options">Where it is.</param>
public sealed class ControlInspection(ControlOptions options)
{
    private const string InUse = "SELECT DISTINCT DataCenter FROM Connections WHERE Status = 'Connected'";

    // Whatever is encrypted stands in a column named so.
    private const string ProtectedColumns = """
        SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name LIKE 'Protected%'
        """;

    /// <summary>Whether there is one.</summary>
    public bool IsThere => File.Exists(Path.Combine(options.DataDir, "control.db"));

    /// <summary>What the engine finds wrong with the file; empty: nothing.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public IReadOnlyList<string> FindDamage() => Read("PRAGMA quick_check") is var said && said is ["ok"] ? [] : said;

    /// <summary>Migrations that it has and this version does not know, and the other way round.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public (IReadOnlyList<string> Unknown, IReadOnlyList<string> Missing) CompareMigrations()
    {
        var builder = new DbContextOptionsBuilder<ControlDb>();
        ControlFeature.UseDatabase(builder, options);
        using var db = new ControlDb(builder.Options);
        var known = db.Database.GetMigrations().ToList();
        var applied = Read(ControlFile.AppliedMigrations);
        return ([.. applied.Except(known)], [.. known.Except(applied)]);
    }

    /// <summary>The data centers of the connections that are connected, as <c>US</c>.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public IReadOnlyList<string> DataCentersInUse() => Read(InUse);

    /// <summary>How many encrypted values there are, and how many of them the keys do not open.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public (int All, int Lost) TrySecrets(Secrets secrets)
    {
        var (all, lost) = (0, 0);
        foreach (var column in Read(ProtectedColumns).Select(c => c.Split('.')))
        {
            // Names come from the database's own schema.
            foreach (var value in Read($"SELECT \"{column[1]}\" FROM \"{column[0]}\" WHERE \"{column[1]}\" IS NOT NULL AND \"{column[1]}\" <> ''"))
            {
                all++;
                lost += Opens(secrets, value) ? 0 : 1;
            }
        }

        return (all, lost);
    }

    private static bool Opens(Secrets secrets, string value)
    {
        try
        {
            secrets.Unprotect(value);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private List<string> Read(string sql)
    {
        using var connection = ControlFile.Open(ControlFeature.SqliteConnectionString(options), SqliteOpenMode.ReadOnly);
        return ControlFile.Read(connection, sql);
    }
}
