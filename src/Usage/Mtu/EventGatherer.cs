using Muster.Warehouse.DuckDb;
using Muster.Warehouse.Events;
using Muster.Warehouse.Messages;

namespace Muster.Usage.Mtu;

/// <summary>What one thread gathers of a pass, in sets of its own.</summary>
internal sealed class EventGatherer
{
    private readonly EventGathering _pass;
    private readonly Tallies _sourceless;
    private readonly Tallies _iterable;
    private readonly Dictionary<string, Tallies> _bySource = [];

    /// <summary>Begins.</summary>
    public EventGatherer(EventGathering pass)
    {
        _pass = pass;
        _sourceless = new Tallies(pass, null);
        _iterable = Of(NewMessage.Source);
    }

    /// <summary>Takes rows of event, user and known source.</summary>
    public void AddKnown(ColumnBlock block)
    {
        var events = block.Integers(0);
        var users = block.Integers(1);
        var sources = block.Integers(2);
        for (var row = 0; row < events.Length; row++)
        {
            (sources[row] == KnownSource.None ? _sourceless : _iterable).Add(events[row], users[row]);
        }
    }

    /// <summary>Takes rows of event, user and the text of the source.</summary>
    public void AddOthers(ColumnBlock block)
    {
        var events = block.Integers(0);
        var users = block.Integers(1);
        var marks = block.TextMarks(2);
        Dictionary<UInt128, Tallies> byMark = [];
        for (var row = 0; row < events.Length; row++)
        {
            var tallies = _sourceless;
            if (!block.IsNull(2, row) && !byMark.TryGetValue(marks[row], out tallies!))
            {
                tallies = Of(block.Text(2, row));
                byMark.Add(marks[row], tallies);
            }

            tallies.Add(events[row], users[row]);
        }
    }

    /// <summary>Gives what was gathered to the pass.</summary>
    public void End()
    {
        _sourceless.End();
        foreach (var tallies in _bySource.Values)
        {
            tallies.End();
        }
    }

    private Tallies Of(string source)
    {
        if (!_bySource.TryGetValue(source, out var tallies))
        {
            tallies = new Tallies(_pass, source);
            _bySource.Add(source, tallies);
        }

        return tallies;
    }

    /// <summary>The events of one source.</summary>
    private sealed class Tallies(EventGathering pass, string? source)
    {
        private readonly Tally?[] _tallies = new Tally?[pass.LastEvent - pass.FirstEvent + 1];

        public void Add(int eventId, int userId)
        {
            var place = (uint)(eventId - pass.FirstEvent);
            if (place < (uint)_tallies.Length)
            {
                var tally = _tallies[place] ??= new Tally(pass, pass.Find(eventId, source));
                tally.Events++;
                tally.Users?.Add(userId);
            }
        }

        public void End()
        {
            foreach (var tally in _tallies)
            {
                if (tally is { Of: { } of, Users: { } users })
                {
                    pass.Add(of, users, tally.Events);
                }
            }
        }
    }

    private sealed class Tally(EventGathering pass, EventUsers? of)
    {
        public readonly EventUsers? Of = of;
        public readonly UserSet? Users = of is null ? null : pass.NewSet();
        public long Events;
    }
}
