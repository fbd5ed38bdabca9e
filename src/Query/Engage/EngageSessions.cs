using System.Globalization;
using Muster.Control;

namespace Muster.Query.Engage;

/// <summary>Results that are being paged through.</summary>
internal sealed class EngageSessions : IDisposable
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    private readonly QueryOptions _options;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, EngageSession> _sessions = new(StringComparer.Ordinal);
    private readonly ITimer _sweeper;

    public EngageSessions(QueryOptions options, TimeProvider clock)
    {
        (_options, _clock) = (options, clock);
        PageSpool.RemoveLeftovers(options.DataDir);
        _sweeper = clock.CreateTimer(_ => Sweep(), null, SweepEvery, SweepEvery);
    }

    /// <summary>Begins a session of a snapshot, which it owns from now on.</summary>
    /// <returns>The session, lent: to be disposed after use.</returns>
    public EngageSession.Loan Begin(int projectId, PageSpool pages, DateTimeOffset computedAt)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{computedAt.ToUnixTimeMilliseconds()}-{Secrets.New(16)}");
        var session = new EngageSession(id, projectId, pages, computedAt) { UsedAt = computedAt };
        lock (_lock)
        {
            if (_sessions.Count >= _options.MaxSessions)
            {
                End(_sessions.Values.MinBy(s => s.UsedAt)!);
            }

            _sessions.Add(id, session);
            return session.Lend();
        }
    }

    /// <summary>Finds a session of a project.</summary>
    /// <returns>The session, lent; null when there is none, or no longer.</returns>
    public EngageSession.Loan? Find(string id, int projectId)
    {
        lock (_lock)
        {
            SweepLocked();
            if (!_sessions.TryGetValue(id, out var session) || session.ProjectId != projectId)
            {
                return null;
            }

            session.UsedAt = _clock.GetUtcNow();
            return session.Lend();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _sweeper.Dispose();
        lock (_lock)
        {
            foreach (var session in _sessions.Values.ToList())
            {
                End(session);
            }
        }
    }

    private void Sweep()
    {
        lock (_lock)
        {
            SweepLocked();
        }
    }

    private void SweepLocked()
    {
        var oldest = _clock.GetUtcNow() - _options.SessionIdle;
        foreach (var session in _sessions.Values.Where(s => s.UsedAt < oldest).ToList())
        {
            End(session);
        }
    }

    private void End(EngageSession session)
    {
        _sessions.Remove(session.Id);
        session.Dispose();
    }
}
