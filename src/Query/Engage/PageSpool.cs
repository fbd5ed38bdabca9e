using System.Buffers;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Muster.Query.Engage;

/// <summary>The result of a query, cut into pages that are ready to be sent: what a session shows cannot change any more.</summary>
/// <remarks>One page stays in memory; several go to a file, which is gone when this is disposed.</remarks>
internal sealed class PageSpool : IDisposable
{
    /// <summary>Rows of a page.</summary>
    public const int PageSize = 1000;

    private const string Folder = "engage-sessions";
    private const int CopyBytes = 64 * 1024;

    private static readonly byte[] NoRows = "[]"u8.ToArray();

    private readonly string _folder;
    private readonly ArrayBufferWriter<byte> _page = new();
    private readonly Utf8JsonWriter _writer;
    private readonly List<long> _ends = [];
    private SafeFileHandle? _file;
    private int _rows;

    /// <summary>Makes an empty one.</summary>
    public PageSpool(string dataDir)
    {
        _folder = Path.Combine(dataDir, Folder);
        // Rows come from the store as valid JSON, and properties are copied as they are.
        _writer = new Utf8JsonWriter(_page, QueryAnswer.Readable with { SkipValidation = true });
    }

    /// <summary>Rows of all pages.</summary>
    public long Total { get; private set; }

    /// <summary>Removes what a process that was killed has left.</summary>
    public static void RemoveLeftovers(string dataDir)
    {
        var folder = Path.Combine(dataDir, Folder);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The writer, at the place of the next row.</summary>
    public Utf8JsonWriter NextRow()
    {
        if (_rows == PageSize)
        {
            EndPage();
            Spill();
        }

        if (_rows++ == 0)
        {
            _writer.WriteStartArray();
        }

        Total++;
        return _writer;
    }

    /// <summary>There are no more rows.</summary>
    public void Complete()
    {
        if (_rows > 0)
        {
            EndPage();
            if (_file is not null)
            {
                Spill();
            }
        }

        _writer.Dispose();
    }

    /// <summary>Copies a page, a JSON array; one behind the last is empty.</summary>
    public async Task CopyAsync(int page, IBufferWriter<byte> target, Func<CancellationToken, Task> flush, CancellationToken cancellationToken)
    {
        if (_file is null)
        {
            target.Write(page == 0 && Total > 0 ? _page.WrittenSpan : NoRows);
            return;
        }

        if (page >= _ends.Count)
        {
            target.Write(NoRows);
            return;
        }

        for (var at = page == 0 ? 0 : _ends[page - 1]; at < _ends[page];)
        {
            var read = RandomAccess.Read(_file, target.GetSpan(CopyBytes)[..(int)Math.Min(CopyBytes, _ends[page] - at)], at);
            if (read == 0)
            {
                throw new EndOfStreamException("the file of a session was cut off");
            }

            target.Advance(read);
            at += read;
            await flush(cancellationToken);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _writer.Dispose();
        _file?.Dispose();
    }

    private void EndPage()
    {
        _writer.WriteEndArray();
        _writer.Flush();
        _writer.Reset();
        _rows = 0;
    }

    private void Spill()
    {
        if (_file is null)
        {
            Directory.CreateDirectory(_folder);
            _file = File.OpenHandle(
                Path.Combine(_folder, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.DeleteOnClose);
        }

        var start = _ends.Count == 0 ? 0 : _ends[^1];
        RandomAccess.Write(_file, _page.WrittenSpan, start);
        _ends.Add(start + _page.WrittenCount);
        _page.ResetWrittenCount();
    }
}
