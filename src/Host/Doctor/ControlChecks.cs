using System.Globalization;
using Microsoft.Data.Sqlite;
using Muster.Control;
using Muster.Control.Inspection;

namespace Muster.Host.Doctor;

/// <summary>Looks at the control database and at the keys of what is encrypted in it.</summary>
internal sealed class ControlChecks(ControlOptions options)
{
    private const string StoreCheck = "controlDatabase";
    private const string KeysCheck = "keys";

    private readonly ControlInspection _database = new(options);

    /// <summary>The data centers that connections use; known after <see cref="Look"/>.</summary>
    public IReadOnlyList<string> DataCenters { get; private set; } = [];

    /// <summary>Looks at the database.</summary>
    public Finding Look()
    {
        if (!_database.IsThere)
        {
            return Finding.Warning(StoreCheck, "There is no control.db in the data folder.", "It is made by the first start. If there was one, restore a backup: 'muster restore DIR'.");
        }

        try
        {
            if (_database.FindDamage() is { Count: > 0 } damage)
            {
                return Finding.Failed(StoreCheck, $"control.db is damaged: {damage[0]}", "Stop the server and restore a backup: 'muster restore DIR --replace'.");
            }

            var (unknown, missing) = _database.CompareMigrations();
            DataCenters = _database.DataCentersInUse();
            return unknown.Count > 0 ? Newer(StoreCheck, "control.db")
                : missing.Count > 0 ? Older(StoreCheck, "control.db", missing.Count)
                : Finding.Ok(StoreCheck, "control.db is whole and up to date.");
        }
        catch (SqliteException e)
        {
            return Finding.Failed(StoreCheck, $"control.db cannot be read: {e.Message}", "Run this as the user that Muster runs as. If the file is damaged, restore a backup: 'muster restore DIR --replace'.");
        }
    }

    /// <summary>Tries the keys on everything that is encrypted; nothing of it is shown or kept.</summary>
    public Finding TryKeys()
    {
        const string Fix = "Put the folder keys/ back from a backup. Without it, connections must be given their API keys again ('muster connection update ID --api-key').";
        var keys = Path.Combine(options.DataDir, "keys");
        if (!_database.IsThere || !Directory.Exists(keys) || !Directory.EnumerateFiles(keys).Any())
        {
            return Finding.Warning(KeysCheck, "There are no keys in the data folder.", $"They are made when they are first needed. If there were some: {Fix}");
        }

        try
        {
            using var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddControl(options).BuildServiceProvider();
            var (all, lost) = _database.TrySecrets(services.GetRequiredService<Secrets>());
            return lost > 0
                ? Finding.Failed(KeysCheck, string.Create(CultureInfo.InvariantCulture, $"{lost} of {all} encrypted values cannot be opened with the keys of this data folder."), Fix)
                : Finding.Ok(KeysCheck, string.Create(CultureInfo.InvariantCulture, $"The keys open all {all} encrypted values."));
        }
        catch (SqliteException)
        {
            return Finding.Warning(KeysCheck, "The keys could not be tried: control.db cannot be read.", "See controlDatabase.");
        }
    }

    /// <summary>A store that a newer version has brought up to date.</summary>
    internal static Finding Newer(string check, string file) =>
        Finding.Failed(check, $"{file} was used by a newer version of Muster than this one ({ProgramVersion.Text}).", "Start the newer version again, or restore a backup from before.");

    /// <summary>A store that the next start brings up to date.</summary>
    internal static Finding Older(string check, string file, int missing) => Finding.Warning(
        check, string.Create(CultureInfo.InvariantCulture, $"{file} is of an older version; the next start brings it up to date in {missing} steps."),
        "Take a backup before: an older version cannot open it afterwards.");
}
