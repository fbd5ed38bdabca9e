using System.Globalization;
using Muster.Host.Settings;

namespace Muster.Host.Serving;

/// <summary>The data folder, held by this process alone: two on one folder would destroy each other's work.</summary>
/// <remarks>The lock is the operating system's, so that a killed process leaves nothing to clean up.</remarks>
internal sealed class DataFolder : IDisposable
{
    private const string LockName = "muster.lock";

    private readonly FileStream _lock;

    private DataFolder(FileStream held) => _lock = held;

    /// <summary>Makes the folder when it is missing and takes it.</summary>
    /// <exception cref="StartException">It cannot be written, or another process has it.</exception>
    public static DataFolder Take(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(path, e);
        }

        var file = Path.Combine(path, LockName);
        try
        {
            var held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            held.SetLength(0);
            held.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            held.Flush();
            return new DataFolder(held);
        }
        catch (IOException e) when (Holder(file) is { Length: > 0 } holder)
        {
            throw new StartException(
                $"{SettingsTable.DataDir.Name}: '{path}' is in use by another muster process ({holder}); stop it, or give this one a folder of its own.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(path, e);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _lock.Dispose();

    private static StartException CannotWrite(string path, Exception e) =>
        new($"{SettingsTable.DataDir.Name}: '{path}' cannot be written: {e.Message}", e);

    // Reading with everything shared asks for no lock, so the holder's process id can be read while it holds the file.
    private static string Holder(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd() is { Length: > 0 } pid ? $"process {pid}" : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
