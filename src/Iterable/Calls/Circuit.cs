namespace Muster.Iterable.Calls;

/// <summary>Keeps the syncs of a connection from hammering an Iterable that is down.</summary>
/// <remarks>
/// Two calls in a row that used up their tries open it; then calls fail at once, those under way at their next try, but
/// for one in each rest that probes.
/// The first answer of any kind closes it. Counting in a row, not by ratio, because the calls that went well before an
/// outage say nothing about it.
/// </remarks>
internal sealed class Circuit(TimeSpan rest, TimeProvider clock)
{
    private const int FailuresToOpen = 2;

    private readonly Lock _lock = new();
    private int _failures;
    private DateTimeOffset _nextProbe;

    /// <summary>How long it rests between probes.</summary>
    public TimeSpan Rest => rest;

    /// <summary>Asks whether a call may be made; when not, how long until one may.</summary>
    public bool Allows(out TimeSpan wait)
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            // More than a rest ahead: the clock was set back.
            if (_failures < FailuresToOpen || now >= _nextProbe || _nextProbe - now > rest)
            {
                _nextProbe = now + rest;
                wait = TimeSpan.Zero;
                return true;
            }

            wait = _nextProbe - now;
            return false;
        }
    }

    /// <summary>Whether calls fail at once.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock)
            {
                return _failures >= FailuresToOpen;
            }
        }
    }

    /// <summary>Iterable answered, whatever it said.</summary>
    /// <returns>Whether this closed the circuit.</returns>
    public bool Close()
    {
        lock (_lock)
        {
            var wasOpen = _failures >= FailuresToOpen;
            _failures = 0;
            return wasOpen;
        }
    }

    /// <summary>A call used up its tries without an answer.</summary>
    /// <returns>Whether this opened the circuit.</returns>
    public bool Fail()
    {
        lock (_lock)
        {
            _nextProbe = clock.GetUtcNow() + rest;
            return ++_failures == FailuresToOpen;
        }
    }
}
