namespace Muster.Usage.Mtu;

/// <summary>One pass over the events of a time, for as many events and sources as fit into memory; the others wait for the next pass.</summary>
/// <param name="names">The project's events by their id.</param>
/// <param name="users">The lowest and the highest user id.</param>
/// <param name="most">For how many there is room.</param>
/// <param name="done">What earlier passes were for.</param>
internal sealed class EventGathering(
    IReadOnlyDictionary<int, string> names, (int Low, int High) users, int most, IReadOnlySet<(string Name, string? Source)> done)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Name, string? Source), EventUsers> _gathered = [];

    /// <summary>The lowest event id.</summary>
    public int FirstEvent { get; } = names.Keys.DefaultIfEmpty().Min();

    /// <summary>The highest event id. An event with a higher one came after this began.</summary>
    public int LastEvent { get; } = names.Keys.DefaultIfEmpty().Max();

    /// <summary>What was gathered, when all threads have ended.</summary>
    public IReadOnlyCollection<EventUsers> Gathered => _gathered.Values;

    /// <summary>Whether something waits for the next pass.</summary>
    public bool SomeWait { get; private set; }

    /// <summary>An empty set of users.</summary>
    public UserSet NewSet() => new(users.Low, users.High);

    /// <summary>Where an event of a source is gathered; null: not in this pass.</summary>
    public EventUsers? Find(int eventId, string? source)
    {
        if (!names.TryGetValue(eventId, out var name))
        {
            return null;
        }

        lock (_lock)
        {
            if (_gathered.TryGetValue((name, source), out var found) || done.Contains((name, source)))
            {
                return found;
            }

            if (_gathered.Count >= most)
            {
                SomeWait = true;
                return null;
            }

            found = new EventUsers(name, source, NewSet());
            _gathered.Add((name, source), found);
            return found;
        }
    }

    /// <summary>Adds what a thread gathered.</summary>
    public void Add(EventUsers to, UserSet users, long events)
    {
        lock (_lock)
        {
            to.Add(users, events);
        }
    }
}
