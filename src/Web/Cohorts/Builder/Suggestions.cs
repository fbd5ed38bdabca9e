using Muster.Web.Api;

namespace Muster.Web.Cohorts.Builder;

/// <summary>What the project has, for those who write conditions.</summary>
/// <param name="Schema">Its events and properties.</param>
/// <param name="Cohorts">Its cohorts.</param>
public sealed record Suggestions(SchemaItem Schema, IReadOnlyList<CohortItem> Cohorts)
{
    private const int Most = 200;

    /// <summary>Nothing at all.</summary>
    public static readonly Suggestions None = new(new SchemaItem([], []), []);

    /// <summary>The names of events, most frequent first.</summary>
    public IEnumerable<string> Events => Schema.Events.Take(Most).Select(e => e.Name);

    /// <summary>The properties of an event; of profiles when it is null.</summary>
    public IReadOnlyList<SchemaProperty> PropertiesOf(string? eventName) => eventName is null
        ? Schema.ProfileProperties
        : Schema.Events.FirstOrDefault(e => e.Name == eventName)?.Properties ?? [];

    /// <summary>Values that a property often has.</summary>
    public IEnumerable<string> ValuesOf(string? eventName, string property) =>
        PropertiesOf(eventName).FirstOrDefault(p => p.Name == property)?.TopValues?.Select(v => ValueTexts.ToText(v.Value)) ?? [];
}
