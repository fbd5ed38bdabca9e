using DuckDB.NET.Data;
using Muster.Warehouse.DuckDb;

namespace Muster.Usage.Mtu;

/// <summary>Who did which event in a time, over canonical ids.</summary>
/// <remarks>
/// User ids are small integers, so a set of users is a bit each, and the store makes such a set for every event name and
/// source in one pass: a hash table of users for each of them takes several times as long. Events of nobody are left
/// out. Ids that were merged are exchanged for their canonical one afterwards, in the sets.
/// </remarks>
internal sealed class MtuReader(DuckDbStore store)
{
    private const string Bounds = "SELECT min(user_id), max(user_id) FROM identity WHERE project_id = $project";

    private const string Names = "SELECT event_id, name FROM event_name WHERE project_id = $project ORDER BY event_id";

    private const string Aliases = "SELECT user_id, canonical_id FROM alias WHERE project_id = $project";

    private const string SetLow = "SET VARIABLE lowest_user = $low";
    private const string SetHigh = "SET VARIABLE highest_user = $high";

    // The bounds of the sets must be known when the query is planned: a variable's value is, a parameter's is not.
    private const string Users = """
        SELECT event_id, source, count(*), bitstring_agg(user_id, getvariable('lowest_user'), getvariable('highest_user'))::BLOB
        FROM event
        WHERE project_id = $project AND event_id BETWEEN $first AND $last AND time >= $from AND time < $to AND user_id IS NOT NULL
        GROUP BY event_id, source
        """;

    /// <summary>What the sets of one pass may take, twice over: each of two threads has its own until the end.</summary>
    private const long BytesOfAPass = 48 * 1024 * 1024;

    /// <summary>Reads them.</summary>
    /// <param name="projectId">The project.</param>
    /// <param name="from">The first moment, UTC.</param>
    /// <param name="to">The first moment after it, UTC.</param>
    /// <param name="cancellationToken">Gives up between passes.</param>
    public MtuUsers Read(int projectId, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        using var connection = store.Open();
        var bounds = connection.Query(Bounds, r => r.IsDBNull(0) ? ((int, int)?)null : (r.GetInt32(0), r.GetInt32(1)), ("project", projectId))[0];
        if (bounds is not var (low, high))
        {
            return new MtuUsers(0, 0, []);
        }

        connection.Execute(SetLow, ("low", low));
        connection.Execute(SetHigh, ("high", high));
        var names = connection.Query(Names, r => (Id: r.GetInt32(0), Name: r.GetString(1)), ("project", projectId));
        var aliases = connection.Query(Aliases, r => (Id: r.GetInt32(0), Canonical: r.GetInt32(1)), ("project", projectId));
        var events = new List<EventUsers>();
        foreach (var chunk in names.Chunk((int)Math.Max(1, BytesOfAPass / UserSet.Bytes(low, high))))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var nameOf = chunk.ToDictionary(n => n.Id, n => n.Name);
            events.AddRange(connection.Query(
                Users,
                r => new EventUsers(nameOf[r.GetInt32(0)], r.TextOrNull(1), r.GetInt64(2), new UserSet(low, high, Blob(r, 3))),
                ("project", projectId), ("first", chunk[0].Id), ("last", chunk[^1].Id), ("from", from), ("to", to)));
        }

        foreach (var item in events)
        {
            foreach (var (id, canonical) in aliases)
            {
                item.Users.Replace(id, canonical);
            }
        }

        return new MtuUsers(low, high, events);
    }

    private static byte[] Blob(DuckDBDataReader reader, int column)
    {
        using var stream = reader.GetStream(column);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}

/// <summary>The users of every event in a time.</summary>
/// <param name="Low">The lowest user id there may be.</param>
/// <param name="High">The highest.</param>
/// <param name="Events">The events, by name and source.</param>
internal sealed record MtuUsers(int Low, int High, IReadOnlyList<EventUsers> Events);

/// <summary>The users of one event.</summary>
internal sealed record EventUsers(string Name, string? Source, long Events, UserSet Users);
