using Muster.Warehouse.DuckDb;
using Muster.Warehouse.Events;
using Muster.Warehouse.Messages;

namespace Muster.Usage.Mtu;

/// <summary>What one thread gathers: the events of the users in a range of ids.</summary>
/// <remarks>Sets of a part of the users fit better into a processor's cache, which is what decides how long this takes.</remarks>
internal sealed class UserRange(EventGathering gathering, CancellationToken cancellationToken)
{
    private const string ReadAhead = "SET streaming_buffer_size = '8MB'";

    private const string OfKnownSource = """
        SELECT event_id, user_id, known_source FROM event
        WHERE project_id = $1 AND time >= $2 AND time < $3 AND user_id BETWEEN $4 AND $5 AND known_source IS NOT NULL
        """;

    private const string OfOtherSource = """
        SELECT event_id, user_id, source FROM event
        WHERE project_id = $1 AND time >= $2 AND time < $3 AND user_id BETWEEN $4 AND $5 AND known_source IS NULL
        """;

    private readonly Tallies _sourceless = new(gathering, null);
    private readonly Dictionary<string, Tallies> _bySource = [];

    /// <summary>Gathers them.</summary>
    /// <param name="store">Where they are.</param>
    /// <param name="projectId">The project.</param>
    /// <param name="from">The first moment, UTC.</param>
    /// <param name="to">The first moment after it, UTC.</param>
    /// <param name="users">The lowest and the highest user id.</param>
    public void Gather(DuckDbStore store, int projectId, DateTime from, DateTime to, (int First, int Last) users)
    {
        using var connection = store.Open();
        DuckDbStore.Execute(connection, ReadAhead);
        using (var reader = new ColumnReader(connection, OfKnownSource, projectId, from, to, users.First, users.Last))
        {
            var iterable = Of(NewMessage.Source);
            while (Next(reader))
            {
                var events = reader.Integers(0);
                var people = reader.Integers(1);
                var sources = reader.Integers(2);
                for (var row = 0; row < events.Length; row++)
                {
                    (sources[row] == KnownSource.None ? _sourceless : iterable).Add(events[row], people[row]);
                }
            }
        }

        using (var reader = new ColumnReader(connection, OfOtherSource, projectId, from, to, users.First, users.Last))
        {
            while (Next(reader))
            {
                AddTexts(reader);
            }
        }

        _sourceless.End();
        foreach (var tallies in _bySource.Values)
        {
            tallies.End();
        }
    }

    private bool Next(ColumnReader reader)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return reader.Read();
    }

    private void AddTexts(ColumnReader reader)
    {
        var events = reader.Integers(0);
        var people = reader.Integers(1);
        var marks = reader.TextMarks(2);
        Dictionary<UInt128, Tallies> ofThisBlock = [];
        for (var row = 0; row < events.Length; row++)
        {
            var tallies = _sourceless;
            if (!reader.IsNull(2, row) && !ofThisBlock.TryGetValue(marks[row], out tallies!))
            {
                tallies = Of(reader.Text(2, row));
                ofThisBlock.Add(marks[row], tallies);
            }

            tallies.Add(events[row], people[row]);
        }
    }

    private Tallies Of(string source)
    {
        if (!_bySource.TryGetValue(source, out var tallies))
        {
            tallies = new Tallies(gathering, source);
            _bySource.Add(source, tallies);
        }

        return tallies;
    }

    /// <summary>The events of one source, by event.</summary>
    private sealed class Tallies(EventGathering gathering, string? source)
    {
        private readonly Tally?[] _tallies = new Tally?[gathering.LastEvent - gathering.FirstEvent + 1];

        public void Add(int eventId, int userId)
        {
            var place = (uint)(eventId - gathering.FirstEvent);
            if (place < (uint)_tallies.Length)
            {
                var tally = _tallies[place] ??= new Tally(gathering.Find(eventId, source));
                tally.Events++;
                tally.Users?.Add(userId);
            }
        }

        public void End()
        {
            foreach (var tally in _tallies)
            {
                tally?.Of?.Happened(tally.Events);
            }
        }
    }

    private sealed class Tally(EventUsers? of)
    {
        public readonly EventUsers? Of = of;
        public readonly UserSet? Users = of?.Users;
        public long Events;
    }
}
