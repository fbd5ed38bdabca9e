using System.Text.Json;

namespace Muster.Cohorts.Schema;

/// <summary>What is known of a project's events and profiles, from rows as they are read.</summary>
internal sealed class SchemaSketch(DateTimeOffset begun)
{
    private const int MostProperties = 1000;

    private readonly Dictionary<string, Happening> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PropertySketch> _profiles = new(StringComparer.Ordinal);

    /// <summary>When its first row was read.</summary>
    public DateTimeOffset Begun => begun;

    /// <summary>The last row of events that it knows.</summary>
    public long EventsThrough { get; set; } = -1;

    /// <summary>The last row of profiles that it knows.</summary>
    public long ProfilesThrough { get; set; } = -1;

    /// <summary>Events whose properties were read.</summary>
    public long SampledEvents { get; private set; }

    /// <summary>Profiles whose properties were read.</summary>
    public long SampledProfiles { get; private set; }

    /// <summary>More events of a name.</summary>
    public void Count(string name, long events, DateTime last)
    {
        var happening = Of(name);
        happening.Count += events;
        happening.Last = happening.Last is { } known && known > last ? known : last;
    }

    /// <summary>The properties of an event.</summary>
    public void AddEvent(string name, string properties)
    {
        SampledEvents++;
        Add(Of(name).Properties, properties);
    }

    /// <summary>The properties of a profile.</summary>
    public void AddProfile(string properties)
    {
        SampledProfiles++;
        Add(_profiles, properties);
    }

    /// <summary>What is known, as it is shown.</summary>
    /// <param name="hidden">Properties of profiles whose values are not shown.</param>
    public SchemaView View(IReadOnlySet<string> hidden) => new(
        [.. _events.OrderByDescending(e => e.Value.Count).ThenBy(e => e.Key, StringComparer.Ordinal)
            .Select(e => new EventView(
                e.Key, e.Value.Count,
                e.Value.Last is { } last ? new DateTimeOffset(DateTime.SpecifyKind(last, DateTimeKind.Utc)) : null, Properties(e.Value.Properties, hidden)))],
        Properties(_profiles, hidden), SampledEvents, SampledProfiles);

    private static List<PropertyView> Properties(Dictionary<string, PropertySketch> sketches, IReadOnlySet<string> hidden) =>
        [.. sketches.Where(p => p.Value.Seen > 0).OrderByDescending(p => p.Value.Seen).ThenBy(p => p.Key, StringComparer.Ordinal)
            .Select(p => new PropertyView(p.Key, p.Value.Types, p.Value.Seen, hidden.Contains(p.Key) ? null : p.Value.TopValues()))];

    private static void Add(Dictionary<string, PropertySketch> sketches, string properties)
    {
        using var document = JsonDocument.Parse(properties);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (!sketches.TryGetValue(property.Name, out var sketch))
            {
                if (sketches.Count >= MostProperties)
                {
                    continue;
                }

                sketches[property.Name] = sketch = new PropertySketch();
            }

            sketch.Add(property.Value);
        }
    }

    private Happening Of(string name)
    {
        if (!_events.TryGetValue(name, out var happening))
        {
            _events[name] = happening = new Happening();
        }

        return happening;
    }

    private sealed class Happening
    {
        public long Count { get; set; }

        public DateTime? Last { get; set; }

        public Dictionary<string, PropertySketch> Properties { get; } = new(StringComparer.Ordinal);
    }
}
