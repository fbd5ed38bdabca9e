using DuckDB.NET.Data;
using Muster.Warehouse.DuckDb.Forwarding;
using Muster.Warehouse.Events;
using Muster.Warehouse.Messages;
using Muster.Warehouse.Privacy;
using Muster.Warehouse.Profiles;

namespace Muster.Warehouse.DuckDb.People;

/// <summary>What one call wants written. Its outcome is set each time a group applies it, and true after the commit.</summary>
internal abstract class PeopleWrite
{
    private PeopleWrite()
    {
    }

    internal sealed class Events(IReadOnlyList<NewEvent> items) : PeopleWrite
    {
        public IReadOnlyList<NewEvent> Items { get; } = items;

        public int Stored { get; set; }
    }

    internal sealed class Profiles(IReadOnlyList<ProfileUpdate> updates) : PeopleWrite
    {
        public IReadOnlyList<ProfileUpdate> Updates { get; } = updates;

        public ProfileOutcome[] Outcomes { get; } = new ProfileOutcome[updates.Count];
    }

    internal sealed class Erasure(int projectId, string distinctId) : PeopleWrite
    {
        public int ProjectId { get; } = projectId;

        public string DistinctId { get; } = distinctId;

        public ErasedRecords Erased { get; set; } = ErasedRecords.None;
    }

    internal sealed class Forwarding(Func<DuckDBConnection, ForwardRows, int> act) : PeopleWrite
    {
        public Func<DuckDBConnection, ForwardRows, int> Act { get; } = act;

        public int Rows { get; set; }
    }

    internal sealed class Upkeep(Action<DuckDBConnection> statements) : PeopleWrite
    {
        public Action<DuckDBConnection> Statements { get; } = statements;
    }

    internal sealed class Messages(IReadOnlyList<NewMessage> items) : PeopleWrite
    {
        public IReadOnlyList<NewMessage> Items { get; } = items;

        public int Stored { get; set; }

        public int Unresolved { get; set; }
    }

    /// <summary>What goes because of its age.</summary>
    internal abstract class Ageing : PeopleWrite
    {
        public int Rows { get; set; }
    }

    internal sealed class EventsBefore(DateTime time, int most) : Ageing
    {
        public DateTime Time { get; } = time;

        public int Most { get; } = most;
    }

    internal sealed class Nobodies(List<int> userIds) : Ageing
    {
        public List<int> UserIds { get; } = userIds;
    }
}
