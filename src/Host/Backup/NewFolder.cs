using Muster.Host.Serving;

namespace Muster.Host.Backup;

/// <summary>Makes a folder that is there with all it should have, or not at all.</summary>
internal static class NewFolder
{
    /// <summary>Fills it under another name first.</summary>
    /// <param name="path">Where it is to be; nothing, or an empty folder, may be there.</param>
    /// <param name="fill">Fills the draft that it is given.</param>
    /// <exception cref="FailedException">Something is there, or it cannot be written.</exception>
    public static async Task<T> FillAsync<T>(string path, Func<string, Task<T>> fill)
    {
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
        {
            throw new FailedException($"'{path}' is there already and not empty; name a folder for this backup alone, as backups/2026-11-25.");
        }

        var draft = path.TrimEnd(Path.DirectorySeparatorChar) + ".partial";
        try
        {
            BackupFiles.DeleteFolder(draft);
            OwnersFolder.Make(draft);
            var result = await fill(draft);
            BackupFiles.DeleteFolder(path);
            Directory.Move(draft, path);
            return result;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FailedException($"'{path}' could not be made: {e.Message} Nothing is left of it.", e);
        }
        finally
        {
            Forget(draft);
        }
    }

    private static void Forget(string draft)
    {
        try
        {
            BackupFiles.DeleteFolder(draft);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whatever kept it from being written was said; what is left bears the name of a part.
        }
    }
}
