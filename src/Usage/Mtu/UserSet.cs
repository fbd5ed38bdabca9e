using System.Numerics;

namespace Muster.Usage.Mtu;

/// <summary>A set of user ids within bounds, one bit each.</summary>
internal sealed class UserSet(int low, int high)
{
    private const int IdsOfAWord = 64;

    private readonly ulong[] _words = new ulong[Words(low, high)];

    /// <summary>How many ids are in it.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var word in _words)
            {
                count += BitOperations.PopCount(word);
            }

            return count;
        }
    }

    /// <summary>How many words such a set takes.</summary>
    public static int Words(int low, int high) => (int)(((long)high - low + IdsOfAWord) / IdsOfAWord);

    /// <summary>Adds an id.</summary>
    public void Add(int id)
    {
        var position = (uint)(id - low);
        _words[position / IdsOfAWord] |= 1UL << (int)(position % IdsOfAWord);
    }

    /// <summary>Adds all of another set with the same bounds.</summary>
    public void Add(UserSet other)
    {
        for (var i = 0; i < _words.Length; i++)
        {
            _words[i] |= other._words[i];
        }
    }

    /// <summary>How many ids are here and not in another set with the same bounds.</summary>
    public int CountWithout(UserSet other)
    {
        var count = 0;
        for (var i = 0; i < _words.Length; i++)
        {
            count += BitOperations.PopCount(_words[i] & ~other._words[i]);
        }

        return count;
    }

    /// <summary>Puts one id in the place of another.</summary>
    public void Replace(int id, int by)
    {
        var position = (uint)(id - low);
        ref var word = ref _words[position / IdsOfAWord];
        var bit = 1UL << (int)(position % IdsOfAWord);
        if ((word & bit) != 0)
        {
            word &= ~bit;
            Add(by);
        }
    }
}
