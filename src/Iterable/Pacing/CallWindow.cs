namespace Muster.Iterable.Pacing;

/// <summary>How many update calls of a connection are worth having under way.</summary>
/// <remarks>
/// By Little's law as many as start while one is answered: rate times latency, a quarter more for answers that come
/// late, and two that wait at the pacer so that its next slot finds a call. Fewer would miss the rate, more would only
/// keep bodies in memory and make the connection's other syncs wait behind them.
/// </remarks>
internal sealed class CallWindow(Pacer pacer)
{
    /// <summary>What a window has at least: calls that wait to be tried again hold a place in it.</summary>
    public const int Smallest = 8;

    /// <summary>What it has at most, in memory below 50 MB of bodies.</summary>
    public const int Largest = 256;

    private const double Spare = 1.25;

    private const int Waiting = 2;

    // Without a limit the machine is: what one process can make, sign off and store, and not much more.
    private const double FastestRate = 400;

    // Taken for granted until the first answer, where there is a rate to be missed.
    private static readonly TimeSpan FirstGuess = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private double _latency = double.IsFinite(pacer.Rate) ? FirstGuess.TotalSeconds : 0;

    /// <summary>Calls to have under way now.</summary>
    public int Size
    {
        get
        {
            lock (_lock)
            {
                return (int)Math.Clamp(Math.Ceiling(Math.Min(pacer.Rate, FastestRate) * _latency * Spare) + Waiting, Smallest, Largest);
            }
        }
    }

    /// <summary>A call was answered after so long. Slower answers count at once by half, quicker ones by an eighth.</summary>
    public void Note(TimeSpan latency)
    {
        lock (_lock)
        {
            var change = latency.TotalSeconds - _latency;
            _latency += change > 0 ? change / 2 : change / 8;
        }
    }
}
