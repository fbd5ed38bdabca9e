using Muster.Web.Elements;

namespace Muster.Web.Syncs;

/// <summary>How fast a run sends, as seen by a page since it looks.</summary>
internal sealed class RunSpeed(TimeProvider clock)
{
    private (long Done, long At)? _first;
    private (long Done, long At) _last;

    /// <summary>Notes how many were sent by now.</summary>
    public void Note(long done)
    {
        _last = (done, clock.GetTimestamp());
        if (done > 0)
        {
            _first ??= _last;
        }
    }

    /// <summary>Members a second; 0 while it is not known.</summary>
    public double PerSecond => _first is { } first && clock.GetElapsedTime(first.At, _last.At).TotalSeconds is > 0.5 and var seconds
        ? (_last.Done - first.Done) / seconds
        : 0;

    /// <summary>The speed and the time that is left, for the end of a line; empty while they are not known.</summary>
    public string Text(long left) => PerSecond is > 0 and var speed
        ? $", {Figures.Of((long)speed)} members/s, {Figures.Duration(TimeSpan.FromSeconds(left / speed))} left"
        : "";
}
