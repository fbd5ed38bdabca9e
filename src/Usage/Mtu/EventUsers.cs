namespace Muster.Usage.Mtu;

/// <summary>Who did an event, and how often it happened, in a time.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Source">Its <c>$source</c>; null: none.</param>
/// <param name="Users">Who did it.</param>
internal sealed record EventUsers(string Name, string? Source, UserSet Users)
{
    private long _events;

    /// <summary>How often.</summary>
    public long Events => Interlocked.Read(ref _events);

    /// <summary>Adds so many.</summary>
    public void Happened(long events) => Interlocked.Add(ref _events, events);
}
