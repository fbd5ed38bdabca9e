using System.Globalization;
using Muster.Host.Backup;
using Muster.Host.Serving;

namespace Muster.Host.Doctor;

/// <summary>Who has the data folder.</summary>
internal enum FolderUse
{
    /// <summary>Nobody.</summary>
    Free,

    /// <summary>A running server.</summary>
    Served,
}

/// <summary>Looks at the data folder and its disk.</summary>
internal static class FolderChecks
{
    private const string FolderCheck = "dataFolder";
    private const string SpaceCheck = "diskSpace";
    private const long LeastFree = 200_000_000;
    private const long WellFree = 2_000_000_000;
    private const UnixFileMode OthersModes = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Looks at the folder; it is not made, and nothing is written.</summary>
    public static Finding Look(string dataDir, out FolderUse use)
    {
        use = FolderUse.Free;
        if (!Directory.Exists(dataDir))
        {
            return Finding.Failed(FolderCheck, $"There is no data folder at '{dataDir}'.",
                "Set MUSTER_DATA_DIR (or --data-dir) to the folder that 'muster serve' uses; if there was no start yet, it is made by the first.");
        }

        try
        {
            var held = Path.Combine(dataDir, DataFolder.LockName);
            if (File.Exists(held))
            {
                using var free = new FileStream(held, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            }
        }
        catch (UnauthorizedAccessException e)
        {
            return Finding.Failed(FolderCheck, $"'{dataDir}' cannot be written: {e.Message}", "Run this as the user that Muster runs as, or give the folder to that user.");
        }
        catch (IOException e) when (DataFolder.IsHeldElsewhere(e))
        {
            use = FolderUse.Served;
        }
        catch (IOException e)
        {
            return Finding.Failed(FolderCheck, $"'{dataDir}' cannot be used: {e.Message}", "Look after the disk or the mount that it is on.");
        }

        if (Directory.Exists(Path.Combine(dataDir, DataFolder.RestoringName)))
        {
            return Finding.Failed(FolderCheck, $"A restore into '{dataDir}' was cut off.", "Run 'muster restore BACKUP --replace' on it again.");
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(dataDir) & OthersModes) != 0)
        {
            return Finding.Warning(FolderCheck, $"'{dataDir}' is open to other users of this machine; it holds people's addresses and keys.", $"chmod 700 '{dataDir}'");
        }

        return Finding.Ok(FolderCheck, use == FolderUse.Served ? $"'{dataDir}', in use by a running server." : $"'{dataDir}', in use by nobody.");
    }

    /// <summary>Compares what is free with what is there: a backup takes as much again for a while.</summary>
    public static Finding Space(string dataDir)
    {
        const string Fix = "Make room on the disk of the data folder, or move the folder to a larger one.";
        var free = new DriveInfo(dataDir).AvailableFreeSpace;
        var used = DataSnapshot.SizeOf(dataDir);
        var detail = string.Create(CultureInfo.InvariantCulture, $"{free / 1e9:N1} GB are free beside {used / 1e9:N1} GB of data.");
        return free < LeastFree ? Finding.Failed(SpaceCheck, detail, Fix)
            : free < Math.Max(WellFree, used) ? Finding.Warning(SpaceCheck, detail, Fix)
            : Finding.Ok(SpaceCheck, detail);
    }
}
