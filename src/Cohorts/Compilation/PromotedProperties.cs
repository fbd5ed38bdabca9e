namespace Muster.Cohorts.Compilation;

/// <summary>
/// The properties that have a column of their own in the store, with its name. The column holds the value as the JSON
/// text that the printer would read out of the properties, so that text 5 and number 5 stay apart.
/// </summary>
internal sealed record PromotedProperties(IReadOnlyDictionary<string, string> OfEvents, IReadOnlyDictionary<string, string> OfProfiles)
{
    /// <summary>No property is promoted.</summary>
    public static readonly PromotedProperties None = new(new Dictionary<string, string>(), new Dictionary<string, string>());
}
