namespace Muster.Host;

/// <summary>The verb cannot be done; a line for each reason, saying what to do. Exit status 1.</summary>
internal sealed class FailedException(IReadOnlyList<string> lines, Exception? inner = null)
    : Exception(string.Join(Environment.NewLine, lines), inner)
{
    public FailedException(string line, Exception? inner = null)
        : this([line], inner)
    {
    }

    /// <summary>The reasons.</summary>
    public IReadOnlyList<string> Lines => lines;
}
