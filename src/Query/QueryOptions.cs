namespace Muster.Query;

/// <summary>How queries in Mixpanel's shapes are answered.</summary>
public sealed record QueryOptions
{
    /// <summary>The data folder: results of more than a page are kept in <c>engage-sessions</c> within it while they are paged through.</summary>
    public required string DataDir { get; init; }

    /// <summary>How long a session of <c>/engage</c> lives after its last page was asked for.</summary>
    public TimeSpan SessionIdle { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How many sessions there may be; with one more, the one that was idle longest ends.</summary>
    public int MaxSessions { get; init; } = 32;
}
