namespace Muster.Usage.Mtu;

/// <summary>Who did an event, and how often it happened, in a time.</summary>
/// <param name="name">Its name.</param>
/// <param name="source">Its <c>$source</c>; null: none.</param>
/// <param name="users">Who did it so far.</param>
internal sealed class EventUsers(string name, string? source, UserSet users)
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Its <c>$source</c>; null: none.</summary>
    public string? Source { get; } = source;

    /// <summary>Who did it.</summary>
    public UserSet Users { get; } = users;

    /// <summary>How often it happened.</summary>
    public long Events { get; private set; }

    /// <summary>Adds what was gathered of it elsewhere.</summary>
    public void Add(UserSet users, long events)
    {
        Users.Add(users);
        Events += events;
    }
}
