namespace Muster.Query.Engage;

/// <summary>A result that is being paged through. Its pages are closed when it has ended and nobody reads them any more.</summary>
internal sealed class EngageSession(string id, int projectId, PageSpool pages, DateTimeOffset computedAt) : IDisposable
{
    // One for the sessions' own hold on it.
    private int _holders = 1;

    /// <summary>What it is asked for by.</summary>
    public string Id => id;

    public int ProjectId => projectId;

    /// <summary>When the snapshot was taken.</summary>
    public DateTimeOffset ComputedAt => computedAt;

    /// <summary>When it was last asked for.</summary>
    public DateTimeOffset UsedAt { get; set; }

    /// <summary>Lends it; it must not have ended.</summary>
    public Loan Lend()
    {
        Interlocked.Increment(ref _holders);
        return new Loan(this);
    }

    /// <inheritdoc />
    public void Dispose() => Release();

    private void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            pages.Dispose();
        }
    }

    /// <summary>A session while its pages are read.</summary>
    internal sealed class Loan(EngageSession session) : IDisposable
    {
        public EngageSession Session => session;

        public PageSpool Pages => session.Pages;

        public void Dispose() => session.Release();
    }

    private PageSpool Pages => pages;
}
