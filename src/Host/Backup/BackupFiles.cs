using System.Buffers;
using System.Security.Cryptography;
using Muster.Host.Serving;

namespace Muster.Host.Backup;

/// <summary>Files and folders of backups: readable by their owner only, durable, and checked as they are copied.</summary>
internal static class BackupFiles
{
    private const int BufferSize = 1024 * 1024;

    /// <summary>Deletes a folder with all in it, if it is there.</summary>
    public static void DeleteFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    /// <summary>What a manifest says of a file.</summary>
    public static async Task<BackupFile> DescribeAsync(string folder, string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(At(folder, path));
        return new BackupFile(path, file.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken)));
    }

    /// <summary>Copies what a manifest lists; when it returns the file is durable and what the manifest says.</summary>
    /// <exception cref="FailedException">It is not what the manifest says.</exception>
    public static async Task CopyAsync(Stream from, string folder, BackupFile expected, CancellationToken cancellationToken)
    {
        var target = At(folder, expected.Path);
        OwnersFolder.Make(Path.GetDirectoryName(target)!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        long size = 0;
        try
        {
            await using var file = new FileStream(target, options);
            for (int read; (read = await from.ReadAsync(buffer.AsMemory(0, BufferSize), cancellationToken)) > 0; size += read)
            {
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            file.Flush(flushToDisk: true);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (size != expected.Size)
        {
            throw new FailedException($"{expected.Path} of the backup has {size} bytes instead of {expected.Size}: the backup is damaged. Nothing was changed; use another one.");
        }

        if (!string.Equals(Convert.ToHexStringLower(hash.GetHashAndReset()), expected.Sha256, StringComparison.OrdinalIgnoreCase))
        {
            throw new FailedException($"{expected.Path} of the backup is not what its manifest says (SHA-256): the backup is damaged. Nothing was changed; use another one.");
        }
    }

    /// <summary>Writes a small file, whole or not at all.</summary>
    public static void Write(string path, byte[] content)
    {
        var draft = path + ".new";
        using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }

    /// <summary>Where a file of a backup is.</summary>
    public static string At(string folder, string path) => Path.Combine([folder, .. path.Split('/')]);
}
