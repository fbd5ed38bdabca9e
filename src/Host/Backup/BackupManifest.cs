using System.Text.Json;

namespace Muster.Host.Backup;

/// <summary>What a backup consists of: <c>manifest.json</c> in its folder, the last file that is written there.</summary>
internal sealed record BackupManifest
{
    public const string FileName = "manifest.json";

    /// <summary>How backups are laid out by this version.</summary>
    public const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>How the backup is laid out.</summary>
    public required int Format { get; init; }

    /// <summary>The version of the program that made it.</summary>
    public required string Version { get; init; }

    /// <summary>The moment it is of: what was acknowledged before is in it.</summary>
    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>The migrations that the control database has.</summary>
    public required IReadOnlyList<string> ControlMigrations { get; init; }

    /// <summary>The migrations that the warehouse has.</summary>
    public required IReadOnlyList<string> WarehouseMigrations { get; init; }

    /// <summary>The rows of each table of the warehouse.</summary>
    public required IReadOnlyDictionary<string, long> WarehouseRows { get; init; }

    /// <summary>Every file beside this one.</summary>
    public required IReadOnlyList<BackupFile> Files { get; init; }

    /// <summary>The bytes of all files.</summary>
    public long Bytes() => Files.Sum(f => f.Size);

    /// <summary>Reads it from a backup's folder.</summary>
    /// <exception cref="FailedException">There is none, or it is not one that this version knows.</exception>
    public static BackupManifest Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new FailedException($"'{folder}' is not a backup: there is no {FileName} in it. Name the folder that 'muster backup' wrote.");
        }

        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (JsonException e)
        {
            throw new FailedException($"'{path}' cannot be read: {e.Message} The backup is damaged or not of Muster; take another one.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FailedException($"'{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads its text.</summary>
    /// <exception cref="JsonException">It is not one.</exception>
    public static BackupManifest Parse(byte[] text)
    {
        var manifest = JsonSerializer.Deserialize<BackupManifest>(text, Json) ?? throw new JsonException("It is empty.");
        return manifest.Files.Any(f => !f.IsPlain())
            ? throw new JsonException("It names a file outside of the backup.")
            : manifest;
    }

    /// <summary>Its text.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json);
}

/// <summary>A file of a backup.</summary>
/// <param name="Path">Where it is below the backup's folder, with <c>/</c> between folders.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Sha256">Their SHA-256, in hex.</param>
internal sealed record BackupFile(string Path, long Size, string Sha256)
{
    /// <summary>Whether the path stays within the folder: a backup may come from anywhere.</summary>
    public bool IsPlain() => Path.Length > 0 && Path.Split('/').All(part => part.Length > 0 && part is not ("." or "..") && !part.Contains('\\', StringComparison.Ordinal));
}
