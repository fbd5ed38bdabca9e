namespace Muster.Cohorts.Compilation;

/// <summary>Where a value is in a JSON object, as RFC 6901 writes it.</summary>
internal static class JsonPointer
{
    /// <summary>The pointer to what is reached by these names, one after the other.</summary>
    public static string Of(IEnumerable<string> segments) => string.Concat(segments.Select(s =>
        "/" + s.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)));
}
