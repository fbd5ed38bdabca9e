using System.IO.Compression;
using System.Security.Cryptography;

namespace Muster.Host.Import;

/// <summary>A file to import, packed with gzip or not; read once from start to end.</summary>
internal sealed class SourceFile : IDisposable
{
    private const int HeadBytes = 64 * 1024;

    private readonly Stream _raw;
    private readonly BufferedStream _buffered;

    private SourceFile(string path, Stream raw)
    {
        (Path, _raw) = (path, raw);
        _buffered = new BufferedStream(raw, HeadBytes);
        Length = raw.CanSeek ? raw.Length : 0;
    }

    /// <summary>Its path; <c>-</c> is standard input.</summary>
    public string Path { get; }

    /// <summary>Whether it is standard input, which cannot be read again.</summary>
    public bool IsStandardInput => Path == "-";

    /// <summary>Its bytes as they lie on disk; 0: not known.</summary>
    public long Length { get; }

    /// <summary>How many of them were read.</summary>
    public long Position => _raw.CanSeek ? _raw.Position : 0;

    /// <summary>Opens it.</summary>
    /// <exception cref="FailedException">It cannot be read.</exception>
    public static SourceFile Open(string path)
    {
        var raw = Commands.Inputs.Open(path);
        return new SourceFile(path, raw);
    }

    /// <summary>What tells it apart from others: its length and a hash of its beginning.</summary>
    public string Fingerprint()
    {
        var head = new byte[HeadBytes];
        _raw.Position = 0;
        var read = _raw.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false);
        _raw.Position = 0;
        return $"{Length}-{Convert.ToHexStringLower(SHA256.HashData(head.AsSpan(0, read)))}";
    }

    /// <summary>Its content, unpacked.</summary>
    public Stream Content()
    {
        // Gzip says what it is in its first two bytes, whatever the file is called.
        var first = _buffered.ReadByte();
        var second = _buffered.ReadByte();
        var head = new MemoryStream([.. new[] { first, second }.Where(b => b >= 0).Select(b => (byte)b)]);
        var whole = new JoinedStream(head, _buffered);
        return first == 0x1f && second == 0x8b ? new GZipStream(whole, CompressionMode.Decompress) : whole;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _buffered.Dispose();
        _raw.Dispose();
    }
}
