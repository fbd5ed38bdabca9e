namespace Muster.Host.Demo;

/// <summary>Chance that falls the same on every machine and in every version: SplitMix64.</summary>
internal struct Dice
{
    private ulong _state;

    /// <summary>Dice for one purpose; the same numbers give the same throws.</summary>
    public Dice(long seed, long purpose, long of = 0)
    {
        _state = unchecked((ulong)seed * 0x9E3779B97F4A7C15UL ^ (ulong)purpose * 0xD1B54A32D192ED03UL ^ (ulong)of * 0x8CB92BA72F3D8DD7UL);

        // The first throws of neighbouring seeds resemble each other.
        Next();
        Next();
    }

    /// <summary>A number from 0 up to 1.</summary>
    public double Share() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A whole number from 0 up to a limit.</summary>
    public int Below(int limit) => (int)(Share() * limit);

    /// <summary>One of several.</summary>
    public T Of<T>(IReadOnlyList<T> several) => several[Below(several.Count)];

    /// <summary>How often something happens that happens so often on average (Poisson).</summary>
    public int Times(double average)
    {
        var limit = Math.Exp(-average);
        var product = Share();
        var times = 0;
        while (product > limit)
        {
            product *= Share();
            times++;
        }

        return times;
    }

    private ulong Next()
    {
        unchecked
        {
            var z = _state += 0x9E3779B97F4A7C15UL;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }
}
