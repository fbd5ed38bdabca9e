using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Muster.Iterable.Wire;

/// <summary>Reads the text/plain answer of lists/getUsers: one identifier a line, millions of them.</summary>
internal static class UserLines
{
    // Addresses have at most 320 characters and user ids 52: a longer line is not an identifier.
    private const int MaxLineBytes = 2048;

    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(2);

    /// <summary>The lines without their ends; empty ones are left out.</summary>
    /// <param name="stream">The answer.</param>
    /// <param name="limit">Ends the reading, also by itself when nothing comes for a while; the time in which the reader's own reader is busy does not count.</param>
    /// <exception cref="UnreadableAnswerException">It is HTML or JSON, or has a line that is no identifier.</exception>
    public static async IAsyncEnumerable<string> ReadAsync(Stream stream, CancellationTokenSource limit)
    {
        var pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        var first = true;
        while (true)
        {
            limit.CancelAfter(Silence);
            var read = await pipe.ReadAsync(limit.Token);
            limit.CancelAfter(Timeout.InfiniteTimeSpan);
            var buffer = read.Buffer;
            while (TryTakeLine(ref buffer, read.IsCompleted, out var line))
            {
                if (line.Length > 0)
                {
                    if (first && (line[0] == '<' || line.StartsWith("{\"", StringComparison.Ordinal)))
                    {
                        throw new UnreadableAnswerException(line[0] == '<' ? "is HTML" : "is JSON where lines of text belong");
                    }

                    first = false;
                    yield return line;
                }
            }

            if (buffer.Length > MaxLineBytes)
            {
                throw new UnreadableAnswerException("has a line that is too long");
            }

            pipe.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
            {
                await pipe.CompleteAsync();
                yield break;
            }
        }
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> buffer, bool isLast, out string line)
    {
        line = "";
        var reader = new SequenceReader<byte>(buffer);
        if (reader.TryReadTo(out ReadOnlySequence<byte> bytes, (byte)'\n'))
        {
            buffer = buffer.Slice(reader.Position);
        }
        else if (isLast && buffer.Length > 0)
        {
            bytes = buffer;
            buffer = buffer.Slice(buffer.End);
        }
        else
        {
            return false;
        }

        if (bytes.Length > MaxLineBytes)
        {
            throw new UnreadableAnswerException("has a line that is too long");
        }

        line = Encoding.UTF8.GetString(bytes).TrimEnd('\r');
        return true;
    }
}
