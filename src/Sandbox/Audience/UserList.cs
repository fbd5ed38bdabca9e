namespace Muster.Sandbox.Audience;

/// <summary>One static list. Changed only under the audience's lock.</summary>
internal sealed class UserList
{
    private int _settledSize;
    private DateTimeOffset _changedAt;

    public required long Id { get; init; }

    public required string Name { get; init; }

    public string? Description { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>A campaign or journey uses it: it cannot be deleted.</summary>
    public bool InUse { get; set; }

    /// <summary>Its users and when each joined, in milliseconds since 1970.</summary>
    public Dictionary<User, long> Members { get; } = [];

    /// <summary>Call before a change: what the size answers until the change is older than the lag.</summary>
    public void Changing(DateTimeOffset now, TimeSpan lag)
    {
        if (lag > TimeSpan.Zero && now - _changedAt >= lag)
        {
            _settledSize = Members.Count;
        }

        _changedAt = now;
    }

    /// <summary>The size as Iterable would tell it: large lists are counted late.</summary>
    public int ToldSize(DateTimeOffset now, TimeSpan lag) =>
        lag > TimeSpan.Zero && now - _changedAt < lag ? _settledSize : Members.Count;
}
