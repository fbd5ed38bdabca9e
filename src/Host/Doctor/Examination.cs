using System.Globalization;
using System.Runtime.CompilerServices;
using Muster.Host.Backup;
using Muster.Host.Settings;

namespace Muster.Host.Doctor;

/// <summary>Everything that <c>muster doctor</c> looks at, in its order.</summary>
/// <remarks>
/// 1. The data folder: there, its owner's alone, and who has it.
/// 2. Room on its disk.
/// 3. The stores: whole, and of this version. The warehouse of a running server is asked for through it.
/// 4. The keys, and whether they open what is encrypted.
/// 5. The running server.
/// 6. Iterable, and the clock beside its.
/// 7. The last backup.
/// </remarks>
internal sealed class Examination(MusterSettings settings, Uri? server, int backupDays, TimeProvider clock)
{
    private const string BackupCheck = "backup";

    public async IAsyncEnumerable<Finding> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Finding.Ok("settings", "Every setting is accepted.");

        // 1
        var folder = FolderChecks.Look(settings.DataDir, out var use);
        yield return folder;
        if (folder.Status == FindingStatus.Failed)
        {
            yield break;
        }

        // 2
        yield return FolderChecks.Space(settings.DataDir);

        // 3
        var control = new ControlChecks(settings.Control);
        yield return control.Look();
        var isServed = use == FolderUse.Served;
        if (!isServed)
        {
            yield return WarehouseCheck.Look(settings.DataDir);
        }

        // 4
        yield return control.TryKeys();

        // 5
        using var network = new NetworkChecks(clock);
        if (isServed)
        {
            await foreach (var finding in network.AskServerAsync(server ?? NetworkChecks.AddressOf(settings.Urls), cancellationToken))
            {
                yield return finding;
            }
        }
        else
        {
            yield return Finding.Ok("server", "No server runs on this data folder.");
        }

        // 6
        foreach (var dataCenter in control.DataCenters)
        {
            yield return await network.ReachAsync(dataCenter, dataCenter == "Eu" ? settings.Iterable.EuUrl : settings.Iterable.UsUrl, cancellationToken);
        }

        // 7
        yield return OfBackup();
    }

    private Finding OfBackup()
    {
        const string Fix = "Run 'muster backup DIR', and have it run every day; keep the copies on another machine.";
        if (LastBackup.Read(settings.DataDir) is not { } last)
        {
            return Finding.Warning(BackupCheck, "No backup of this data folder was ever taken with 'muster backup'.", Fix);
        }

        var age = clock.GetUtcNow() - last.TakenAt;
        var detail = string.Create(CultureInfo.InvariantCulture, $"The last backup is of {last.TakenAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}, {age.TotalDays:N1} days ago.");
        return age <= TimeSpan.FromDays(backupDays) ? Finding.Ok(BackupCheck, detail) : Finding.Warning(BackupCheck, detail, Fix);
    }
}
