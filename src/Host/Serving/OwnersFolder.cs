namespace Muster.Host.Serving;

/// <summary>Folders that hold keys and people's addresses: nobody else on the machine needs to read them.</summary>
internal static class OwnersFolder
{
    /// <summary>Makes a folder that only its owner may open, and those above it; one that is there stays as it is.</summary>
    public static void Make(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
