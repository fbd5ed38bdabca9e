using System.Collections.Concurrent;

namespace Muster.Cohorts.Promotion;

/// <summary>Counts how often cohorts read which properties from the JSON.</summary>
public sealed class PropertyUse(TimeProvider clock)
{
    /// <summary>So many evaluations within a day are often.</summary>
    internal const int Often = 20;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<PropertyKey, (int Count, DateTimeOffset Since)> _counts = new();

    /// <summary>A cohort is evaluated that reads these.</summary>
    internal void Note(IEnumerable<PropertyKey> properties)
    {
        var now = clock.GetUtcNow();
        foreach (var key in properties)
        {
            _counts.AddOrUpdate(key, _ => (1, now), (_, known) => now - known.Since < Day ? (known.Count + 1, known.Since) : (1, now));
        }
    }

    /// <summary>Those read often; they are counted anew from now on.</summary>
    internal IReadOnlyList<PropertyKey> TakeOften()
    {
        var often = _counts.Where(c => c.Value.Count >= Often).Select(c => c.Key).ToList();
        often.ForEach(key => _counts.TryRemove(key, out _));
        return often;
    }
}
