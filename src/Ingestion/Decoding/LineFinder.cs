namespace Muster.Ingestion.Decoding;

/// <summary>Finds records that stand one a line; blank lines are none.</summary>
internal sealed class LineFinder : RecordFinder
{
    // How far the bytes were searched for the end of the line in vain.
    private int _searched;

    public override RecordPlace Next(ReadOnlySpan<byte> bytes, bool ended)
    {
        var start = 0;
        while (true)
        {
            var length = bytes[(start + _searched)..].IndexOf((byte)'\n');
            var end = length < 0 ? bytes.Length : start + _searched + length;
            if (length < 0 && !ended)
            {
                _searched = bytes.Length - start;
                return new RecordPlace(Finding.Incomplete, start, 0, start);
            }

            _searched = 0;
            var done = length < 0 ? end : end + 1;
            var line = bytes[start..end].TrimEnd(" \t\r"u8);
            var trimmed = line.TrimStart(" \t\r"u8);
            if (!trimmed.IsEmpty)
            {
                return new RecordPlace(Finding.Record, start + line.Length - trimmed.Length, trimmed.Length, done);
            }

            if (length < 0)
            {
                return new RecordPlace(Finding.End, end, 0, end);
            }

            start = done;
        }
    }
}
