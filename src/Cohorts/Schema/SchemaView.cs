namespace Muster.Cohorts.Schema;

/// <summary>What there is to ask of a project.</summary>
/// <param name="Events">Its event names, the most frequent first.</param>
/// <param name="ProfileProperties">The properties of its profiles, the most frequent first.</param>
/// <param name="SampledEvents">From how many events types and values were taken; names and counts are of all events.</param>
/// <param name="SampledProfiles">From how many profiles.</param>
internal sealed record SchemaView(
    IReadOnlyList<EventView> Events, IReadOnlyList<PropertyView> ProfileProperties, long SampledEvents, long SampledProfiles);

/// <summary>An event name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Count">How many events of it there are.</param>
/// <param name="LastAt">When the latest of them happened.</param>
/// <param name="Properties">What its properties are, the most frequent first.</param>
internal sealed record EventView(string Name, long Count, DateTimeOffset? LastAt, IReadOnlyList<PropertyView> Properties);

/// <summary>A property.</summary>
/// <param name="Name">The name.</param>
/// <param name="Types">The types of its values, the most frequent first.</param>
/// <param name="Count">In how many of the sampled events or profiles it is set.</param>
/// <param name="TopValues">The values that come often; null when the caller may not see them.</param>
internal sealed record PropertyView(string Name, IReadOnlyList<string> Types, long Count, IReadOnlyList<ValueCount>? TopValues);
