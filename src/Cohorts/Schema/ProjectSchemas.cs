using System.Collections.Concurrent;
using DuckDB.NET.Data;
using Muster.Cohorts.Membership;
using Muster.Warehouse.DuckDb;

namespace Muster.Cohorts.Schema;

/// <summary>Knows what events and properties projects have.</summary>
/// <remarks>
/// The first question reads a sample of the project; each later one only the rows that came since, so that what was
/// stored a moment ago is in the answer. After a while all is begun anew: deleted people and old values are forgotten.
/// </remarks>
internal sealed class ProjectSchemas(Evaluations evaluations, TimeProvider clock) : IDisposable
{
    private const int Sample = 20_000;
    private const int Windows = 8;
    private static readonly TimeSpan Forgets = TimeSpan.FromMinutes(15);

    private const string Names = "SELECT event_id, name FROM event_name WHERE project_id = $project";

    private const string Ends = "SELECT (SELECT coalesce(max(rowid), -1) FROM event), (SELECT coalesce(max(rowid), -1) FROM profile)";

    private const string Counts = """
        SELECT event_id, count(*), max(time) FROM event
        WHERE project_id = $project AND rowid > $after AND rowid <= $through GROUP BY event_id
        """;

    private const string Events = """
        SELECT event_id, properties FROM event
        WHERE rowid > $after AND rowid <= $through AND project_id = $project LIMIT $limit
        """;

    private const string Profiles = """
        SELECT properties FROM profile
        WHERE rowid > $after AND rowid <= $through AND project_id = $project LIMIT $limit
        """;

    private readonly ConcurrentDictionary<int, Known> _projects = new();

    /// <summary>What a project has now.</summary>
    /// <param name="projectId">The project.</param>
    /// <param name="hidden">Properties whose values the caller may not see.</param>
    /// <param name="cancellationToken">Ends the reading; what was known stays.</param>
    public async Task<SchemaView> OfAsync(int projectId, IReadOnlySet<string> hidden, CancellationToken cancellationToken)
    {
        var known = _projects.GetOrAdd(projectId, _ => new Known());
        await known.Turn.WaitAsync(cancellationToken);
        try
        {
            var now = clock.GetUtcNow();
            var sketch = known.Sketch is { } former && now - former.Begun < Forgets ? former : new SchemaSketch(now);
            // Half a reading would count rows twice the next time.
            known.Sketch = null;
            await evaluations.RunAsync(connection => Update(connection, projectId, sketch), cancellationToken);
            known.Sketch = sketch;
            return sketch.View(hidden);
        }
        finally
        {
            known.Turn.Release();
        }
    }

    public void Dispose()
    {
        foreach (var known in _projects.Values)
        {
            known.Turn.Dispose();
        }
    }

    private static bool Update(DuckDBConnection connection, int projectId, SchemaSketch sketch)
    {
        var project = ("project", (object?)projectId);
        var names = connection.Query(Names, r => (Id: r.GetInt32(0), Name: r.GetString(1)), project).ToDictionary(n => n.Id, n => n.Name);
        var (events, profiles) = connection.Query(Ends, r => (r.GetInt64(0), r.GetInt64(1)))[0];
        foreach (var (id, count, last) in connection.Query(
            Counts, r => (r.GetInt32(0), r.GetInt64(1), r.GetDateTime(2)), project, ("after", sketch.EventsThrough), ("through", events)))
        {
            if (names.TryGetValue(id, out var name))
            {
                sketch.Count(name, count, last);
            }
        }

        foreach (var (after, through, limit) in Ranges(sketch.EventsThrough, events))
        {
            foreach (var (id, properties) in connection.Query(
                Events, r => (r.GetInt32(0), r.GetString(1)), project, ("after", after), ("through", through), ("limit", limit)))
            {
                if (names.TryGetValue(id, out var name))
                {
                    sketch.AddEvent(name, properties);
                }
            }
        }

        foreach (var (after, through, limit) in Ranges(sketch.ProfilesThrough, profiles))
        {
            connection.Query(Profiles, r => r.GetString(0), project, ("after", after), ("through", through), ("limit", limit)).ForEach(sketch.AddProfile);
        }

        (sketch.EventsThrough, sketch.ProfilesThrough) = (events, profiles);
        return true;
    }

    /// <summary>Few rows are one range; of many a few ranges are read, from the oldest to the newest.</summary>
    private static IEnumerable<(long After, long Through, long Limit)> Ranges(long after, long through)
    {
        var rows = through - after;
        if (rows <= 0)
        {
            yield break;
        }

        if (rows <= Sample)
        {
            yield return (after, through, Sample);
            yield break;
        }

        // The rows of a range may be of other projects: each range goes up to the next, and ends with enough of this one.
        for (var window = 0; window < Windows; window++)
        {
            yield return (after + (rows * window / Windows), after + (rows * (window + 1) / Windows), Sample / Windows);
        }
    }

    private sealed class Known
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public SchemaSketch? Sketch { get; set; }
    }
}
