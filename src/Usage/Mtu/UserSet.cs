using System.Numerics;
using System.Runtime.InteropServices;

namespace Muster.Usage.Mtu;

/// <summary>A set of user ids within bounds, one bit each, as the store's <c>bitstring_agg</c> makes it.</summary>
internal sealed class UserSet
{
    private readonly int _low;
    private readonly int _padding;
    private readonly byte[] _bits;

    /// <summary>An empty set for ids from <paramref name="low"/> to <paramref name="high"/>.</summary>
    public UserSet(int low, int high)
        : this(low, high, new byte[Bytes(low, high)])
    {
    }

    /// <summary>A set that was read: the bit of the lowest id first, with bits in front of it that fill the first byte.</summary>
    public UserSet(int low, int high, byte[] bits)
    {
        _low = low;
        _bits = bits;
        _padding = (bits.Length * 8) - (high - low + 1);
    }

    /// <summary>How many bytes such a set takes.</summary>
    public static int Bytes(int low, int high) => (high - low + 8) / 8;

    /// <summary>How many ids are in it.</summary>
    public int Count => CountOf(_bits);

    /// <summary>Adds all of another set with the same bounds.</summary>
    public void Add(UserSet other)
    {
        for (var i = 0; i < _bits.Length; i++)
        {
            _bits[i] |= other._bits[i];
        }
    }

    /// <summary>How many ids are here and not in another set with the same bounds.</summary>
    public int CountWithout(UserSet other)
    {
        var rest = new byte[_bits.Length];
        for (var i = 0; i < rest.Length; i++)
        {
            rest[i] = (byte)(_bits[i] & ~other._bits[i]);
        }

        return CountOf(rest);
    }

    /// <summary>Puts one id in the place of another.</summary>
    public void Replace(int id, int by)
    {
        var (at, bit) = Place(id);
        if ((_bits[at] & bit) != 0)
        {
            _bits[at] &= (byte)~bit;
            (at, bit) = Place(by);
            _bits[at] |= bit;
        }
    }

    private (int At, byte Bit) Place(int id)
    {
        var position = _padding + id - _low;
        return (position >> 3, (byte)(0x80 >> (position & 7)));
    }

    private static int CountOf(byte[] bits)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bits);
        var count = 0;
        foreach (var word in words)
        {
            count += BitOperations.PopCount(word);
        }

        foreach (var rest in bits.AsSpan(words.Length * sizeof(ulong)))
        {
            count += BitOperations.PopCount(rest);
        }

        return count;
    }
}
