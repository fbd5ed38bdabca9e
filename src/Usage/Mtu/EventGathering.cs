namespace Muster.Usage.Mtu;

/// <summary>The sets of one pass over the events of a time: as many as fit, the others wait for the next pass.</summary>
/// <param name="names">The project's events by their id.</param>
/// <param name="users">The lowest and the highest user id.</param>
/// <param name="most">How many sets fit.</param>
/// <param name="done">What earlier passes were for.</param>
internal sealed class EventGathering(
    IReadOnlyDictionary<int, string> names, (int Low, int High) users, int most, IReadOnlySet<(string Name, string? Source)> done)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Name, string? Source), EventUsers> _sets = [];

    /// <summary>The lowest event id.</summary>
    public int FirstEvent { get; } = names.Keys.DefaultIfEmpty().Min();

    /// <summary>The highest event id. An event with a higher one came after this began.</summary>
    public int LastEvent { get; } = names.Keys.DefaultIfEmpty().Max();

    /// <summary>The sets, when all threads are done.</summary>
    public IReadOnlyCollection<EventUsers> Sets => _sets.Values;

    /// <summary>Whether something waits for the next pass.</summary>
    public bool SomeWait { get; private set; }

    /// <summary>The set of an event and source; null: it is not for this pass.</summary>
    public EventUsers? Find(int eventId, string? source)
    {
        if (!names.TryGetValue(eventId, out var name))
        {
            return null;
        }

        lock (_lock)
        {
            if (_sets.TryGetValue((name, source), out var set) || done.Contains((name, source)))
            {
                return set;
            }

            if (_sets.Count >= most)
            {
                SomeWait = true;
                return null;
            }

            set = new EventUsers(name, source, new UserSet(users.Low, users.High));
            _sets.Add((name, source), set);
            return set;
        }
    }
}
