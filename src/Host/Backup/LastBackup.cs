using System.Text.Json;

namespace Muster.Host.Backup;

/// <summary>When the last backup of a data folder was taken: <c>last-backup.json</c> in it.</summary>
/// <param name="TakenAt">The moment it is of.</param>
/// <param name="Bytes">How large it is.</param>
internal sealed record LastBackup(DateTimeOffset TakenAt, long Bytes)
{
    private const string FileName = "last-backup.json";

    /// <summary>Reads it; null: none was taken, or nobody can say.</summary>
    public static LastBackup? Read(string dataDir)
    {
        try
        {
            return JsonSerializer.Deserialize<LastBackup>(File.ReadAllBytes(Path.Combine(dataDir, FileName)), JsonSerializerOptions.Web);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Notes one.</summary>
    public static void Note(string dataDir, BackupManifest manifest) => BackupFiles.Write(
        Path.Combine(dataDir, FileName), JsonSerializer.SerializeToUtf8Bytes(new LastBackup(manifest.TakenAt, manifest.Bytes()), JsonSerializerOptions.Web));
}
