namespace Muster.Host;

/// <summary>Which version this program is.</summary>
internal static class ProgramVersion
{
    /// <summary>As <c>0.1.0</c>.</summary>
    public static string Text { get; } = typeof(ProgramVersion).Assembly.GetName().Version!.ToString(3);
}
