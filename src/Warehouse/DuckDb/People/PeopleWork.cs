using DuckDB.NET.Data;
using Muster.Warehouse.DuckDb.Forwarding;
using Muster.Warehouse.DuckDb.Messages;
using Muster.Warehouse.DuckDb.Retention;

namespace Muster.Warehouse.DuckDb.People;

/// <summary>Turns waiting events and profile updates of many requests into one transaction.</summary>
/// <remarks>
/// 0. What is to be done to the tables themselves.
/// 1. Events: ids found or given, duplicates left out, one append sorted by time.
/// 2. Message events: repetitions left out, the others stored with whoever they are found to be of.
/// 3. Profiles: the touched ones read, changed in order, written.
/// 4. Rows of new ids and names, and of who is one person now.
/// 5. Message events of strangers go to the profiles that turned out to be them.
/// 6. What the forwarding queue lets go of, or takes back.
/// 7. What is too old, and who is nobody without it.
/// 8. Erasures, last, so that nothing of the group is left of those people.
/// An id has a row in <c>identity</c> exactly while it has an event or a profile or was merged with another, so ids are
/// given only to events that are stored and what they claim, and to profiles that exist after the group.
/// </remarks>
internal sealed class PeopleWork : IGroupWork<PeopleWrite>
{
    // A profile is read, held as a document and written again: it takes the memory of several events.
    private const int WeightOfProfile = 4;

    private readonly IdentityMap _identities = new();
    private readonly EventNames _names = new();
    private readonly RecentEvents _recent = new();
    private readonly ClusterRows _clusters;
    private readonly EventRows _events;
    private readonly ProfileRows _profiles;
    private readonly Erasing _erasing;
    private readonly Ageing _ageing;
    private readonly MessageWork _messages;
    private readonly ForwardRows _forward = new();
    private readonly EventRows _messageRows;
    private bool _columnsKnown;

    public PeopleWork()
    {
        _clusters = new ClusterRows(_identities);
        _events = new EventRows(_identities, _names, _recent, _clusters);
        _profiles = new ProfileRows(_identities, _clusters);
        _erasing = new Erasing(_identities, _clusters);
        _ageing = new Ageing(_identities);
        _messageRows = new EventRows(_identities, _names, _recent, _clusters);
        _messages = new MessageWork(_identities, _names, _messageRows, _forward);
    }

    public void Prepare(DuckDBConnection connection)
    {
        _identities.Load(connection);
        _clusters.Load(connection);
        _names.Load(connection);
        _recent.Load(connection);
        _messages.Load(connection);
        _forward.Load(connection);
    }

    public int Weigh(PeopleWrite write) => write switch
    {
        PeopleWrite.Events events => events.Items.Count,
        PeopleWrite.Messages messages => messages.Items.Count,
        PeopleWrite.Profiles profiles => profiles.Updates.Count * WeightOfProfile,
        // A group of its own length: what came before it is committed with it, what comes after is not held up longer.
        PeopleWrite.Upkeep or PeopleWrite.Ageing => DuckDbPeople.LargestGroup,
        _ => 1,
    };

    public void Apply(DuckDBConnection connection, IReadOnlyList<PeopleWrite> group)
    {
        // 0
        foreach (var write in group.OfType<PeopleWrite.Upkeep>())
        {
            _columnsKnown = false;
            write.Statements(connection);
        }

        if (!_columnsKnown)
        {
            _events.ReadColumns(connection);
            _messageRows.ReadColumns(connection);
            _profiles.ReadColumns(connection);
            _columnsKnown = true;
        }

        // 1
        foreach (var write in group.OfType<PeopleWrite.Events>())
        {
            write.Stored = write.Items.Count(_events.TryAdd);
        }

        _events.Append(connection);

        // 2
        _messages.Add(connection, group.OfType<PeopleWrite.Messages>().ToList());

        // 3
        var profiles = group.OfType<PeopleWrite.Profiles>().ToList();
        if (profiles.Count > 0 || _clusters.Merged.Count > 0)
        {
            _profiles.Apply(connection, profiles);
        }

        // 4
        _identities.AppendAdded(connection);
        _names.AppendAdded(connection);
        _clusters.Write(connection);

        // 5
        _messages.Recognise(connection, _profiles.Written);

        // 6
        foreach (var write in group.OfType<PeopleWrite.Forwarding>())
        {
            write.Rows = write.Act(connection, _forward);
        }

        // 7
        foreach (var write in group.OfType<PeopleWrite.Ageing>())
        {
            Age(connection, write);
        }

        // 8
        foreach (var erasure in group.OfType<PeopleWrite.Erasure>())
        {
            erasure.Erased = _erasing.Erase(connection, erasure.ProjectId, erasure.DistinctId);
            _messages.Forget();
        }
    }

    public void Committed()
    {
        _identities.Committed();
        _clusters.Committed();
        _names.Committed();
        _recent.Committed();
        _messages.Committed();
        Clear();
    }

    public void RolledBack()
    {
        _columnsKnown = false;
        _identities.RolledBack();
        _clusters.RolledBack();
        _names.RolledBack();
        _recent.RolledBack();
        _messages.RolledBack();
        Clear();
    }

    private void Age(DuckDBConnection connection, PeopleWrite.Ageing write)
    {
        write.Rows = write switch
        {
            PeopleWrite.EventsBefore events => Ageing.Delete(connection, events.Time, events.Most),
            PeopleWrite.Nobodies nobodies => _ageing.Retire(connection, nobodies.UserIds),
            _ => 0,
        };
        if (write is PeopleWrite.Nobodies { Rows: > 0 })
        {
            _messages.Forget();
        }
    }

    private void Clear()
    {
        _events.Clear();
        _forward.Forget();
        _profiles.Clear();
    }
}
