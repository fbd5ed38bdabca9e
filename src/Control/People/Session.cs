namespace Muster.Control.People;

/// <summary>A browser in which someone is signed in. Deleted when they sign out; the cookie is worth nothing from then on.</summary>
public sealed class Session
{
    /// <summary>The row's id.</summary>
    public int Id { get; init; }

    /// <summary>Who.</summary>
    public required int PersonId { get; init; }

    /// <summary>SHA-256 of what the cookie holds, hex: the table alone signs nobody in.</summary>
    public required string Hash { get; init; }

    /// <summary>When they signed in.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When they were last seen, to within a few minutes.</summary>
    public required DateTimeOffset LastSeenAt { get; set; }

    /// <summary>Which browser, as it names itself.</summary>
    public required string Browser { get; init; }
}
