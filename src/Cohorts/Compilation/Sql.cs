namespace Muster.Cohorts.Compilation;

/// <summary>How queries are laid out, so that a person can read them.</summary>
internal static class Sql
{
    /// <summary>A part as it stands within another.</summary>
    public static string Indented(string part) => "  " + part.Replace("\n", "\n  ", StringComparison.Ordinal);
}
