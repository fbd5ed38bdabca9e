using Muster.Host.Settings;

namespace Muster.Host.Serving;

/// <summary>The data folder, held by this process alone: two on one folder would destroy each other's work.</summary>
/// <remarks>The lock is the operating system's, so that a killed process leaves nothing to clean up.</remarks>
internal sealed class DataFolder : IDisposable
{
    /// <summary>The file that is held.</summary>
    public const string LockName = "muster.lock";

    /// <summary>The folder that is there while a backup is being restored.</summary>
    public const string RestoringName = "restoring";

    private readonly FileStream _lock;

    private DataFolder(FileStream held) => _lock = held;

    /// <summary>Makes the folder when it is missing and takes it.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="evenIfRestoring">Whether it may be one in which a restore was cut off.</param>
    /// <exception cref="FailedException">It cannot be written, another process has it, or a restore was cut off.</exception>
    public static DataFolder Take(string path, bool evenIfRestoring = false)
    {
        try
        {
            OwnersFolder.Make(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(path, e);
        }

        try
        {
            var held = new DataFolder(new FileStream(Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            if (!evenIfRestoring && Directory.Exists(Path.Combine(path, RestoringName)))
            {
                held.Dispose();
                throw new FailedException(
                    $"{SettingsTable.DataDir.Name}: a restore into '{path}' was cut off; run 'muster restore BACKUP --replace' on it again, which ends it.");
            }

            return held;
        }
        catch (IOException e) when (IsHeldElsewhere(e))
        {
            throw new FailedException(
                $"{SettingsTable.DataDir.Name}: '{path}' is in use by another muster process; stop it, or give this one a folder of its own.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(path, e);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _lock.Dispose();

    private static FailedException CannotWrite(string path, Exception e) =>
        new($"{SettingsTable.DataDir.Name}: '{path}' cannot be written: {e.Message}", e);

    // The runtime has no exception of its own for a sharing violation; these are EAGAIN (Linux, macOS) and Windows' code.
    internal static bool IsHeldElsewhere(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);
}
