using Muster.Warehouse.DuckDb;

namespace Muster.Usage.Mtu;

/// <summary>Who did which event in a time, over canonical ids.</summary>
/// <remarks>
/// User ids are small integers, so a set of users is a bit each, and there is such a set for every event and source. The
/// store's own aggregates take several times as long: a hash table of users for each set, or a call for each bit. So the
/// columns are streamed out of it, and each thread sets the bits of its own part of the users. Events of nobody are left
/// out. Ids that were merged are exchanged for their canonical one afterwards, in the sets. Nothing is kept between two
/// counts: what came late, was merged or deleted cannot be missed.
/// </remarks>
internal sealed class MtuReader(DuckDbStore store)
{
    private const string Bounds = "SELECT min(user_id), max(user_id) FROM identity WHERE project_id = $project";

    private const string Names = "SELECT event_id, name FROM event_name WHERE project_id = $project";

    private const string Aliases = """
        SELECT user_id, canonical_id FROM alias
        WHERE project_id = $1 AND user_id BETWEEN $2 AND $3 AND canonical_id BETWEEN $2 AND $3
        """;

    // Each thread reads the columns of all users: with more of them reading would take longer than setting bits.
    private const int MostThreads = 4;

    /// <summary>What the sets of one pass may take: those of a million users and 800 events.</summary>
    public long BytesOfAPass { get; init; } = 96 * 1024 * 1024;

    /// <summary>The lowest and the highest user id of a project; null: it has no users.</summary>
    public (int Low, int High)? Users(int projectId)
    {
        using var connection = store.Open();
        return connection.Query(Bounds, r => r.IsDBNull(0) ? ((int, int)?)null : (r.GetInt32(0), r.GetInt32(1)), ("project", projectId))[0];
    }

    /// <summary>Reads them, one event and source after the other.</summary>
    /// <param name="projectId">The project.</param>
    /// <param name="users">The lowest and the highest user id; users that came since are left out.</param>
    /// <param name="from">The first moment, UTC.</param>
    /// <param name="to">The first moment after it, UTC.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IEnumerable<EventUsers> Read(int projectId, (int Low, int High) users, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        using var connection = store.Open();
        var names = connection.Query(Names, r => (Id: r.GetInt32(0), Name: r.GetString(1)), ("project", projectId)).ToDictionary(n => n.Id, n => n.Name);
        var most = (int)Math.Max(1, BytesOfAPass / sizeof(ulong) / UserSet.Words(users.Low, users.High));
        var done = new HashSet<(string Name, string? Source)>();
        EventGathering pass;
        do
        {
            pass = new EventGathering(names, users, most, done);
            Parallel.ForEach(
                Parts(users),
                new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = MostThreads },
                part => new UserRange(pass, cancellationToken).Gather(store, projectId, from, to, part));

            // Read after the events: whoever was merged before this was asked is one person.
            var aliases = ReadAliases(projectId, users);
            Parallel.ForEach(pass.Sets, item =>
            {
                foreach (var (id, canonical) in aliases)
                {
                    item.Users.Replace(id, canonical);
                }
            });
            foreach (var item in pass.Sets)
            {
                done.Add((item.Name, item.Source));
                yield return item;
            }
        }
        while (pass.SomeWait);
    }

    /// <summary>Parts of the users that share no word of a set, so that each may have a thread of its own.</summary>
    private static IEnumerable<(int First, int Last)> Parts((int Low, int High) users)
    {
        var words = UserSet.Words(users.Low, users.High);
        var parts = Math.Clamp(Environment.ProcessorCount, 1, MostThreads);
        var size = (long)((words + parts - 1) / parts) * UserSet.IdsOfAWord;
        for (long first = users.Low; first <= users.High; first += size)
        {
            yield return ((int)first, (int)Math.Min(first + size - 1, users.High));
        }
    }

    private List<(int Id, int Canonical)> ReadAliases(int projectId, (int Low, int High) users)
    {
        using var connection = store.Open();
        using var reader = new ColumnReader(connection, Aliases, projectId, users.Low, users.High);
        var aliases = new List<(int Id, int Canonical)>();
        while (reader.Read())
        {
            var ids = reader.Integers(0);
            var canonical = reader.Integers(1);
            for (var row = 0; row < ids.Length; row++)
            {
                aliases.Add((ids[row], canonical[row]));
            }
        }

        return aliases;
    }
}
