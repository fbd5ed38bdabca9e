namespace Muster.Host.Settings;

/// <summary>The program cannot start; a line for each reason, saying what to do. Exit status 1.</summary>
internal sealed class StartException(IReadOnlyList<string> lines, Exception? inner = null)
    : Exception(string.Join(Environment.NewLine, lines), inner)
{
    public StartException(string line, Exception? inner = null)
        : this([line], inner)
    {
    }

    /// <summary>The reasons.</summary>
    public IReadOnlyList<string> Lines => lines;
}
