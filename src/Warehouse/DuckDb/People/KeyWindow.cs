namespace Muster.Warehouse.DuckDb.People;

/// <summary>
/// The set of the most recently added 128-bit keys. It grows with use up to a bound, then forgets the oldest quarter at
/// a time.
/// </summary>
/// <remarks>
/// Four open-addressing tables, the newest one growing; 16 bytes a slot and nothing else, where a HashSet with a queue
/// of ages would take 60. Keys are hashes, so their low bits serve as the slot; zero marks a free one.
/// </remarks>
internal sealed class KeyWindow(int slotsPerTable)
{
    private const int Tables = 4;
    private const int FirstSlots = 1024;

    // Oldest last; the first one is being filled.
    private readonly List<Table> _tables = [new Table(Math.Min(FirstSlots, slotsPerTable))];

    /// <summary>How many keys are held.</summary>
    public int Count => _tables.Sum(table => table.Count);

    /// <summary>How many of the latest keys are certainly held.</summary>
    public int Guaranteed => (Tables - 1) * Table.Room(slotsPerTable);

    /// <summary>Whether a key was added recently.</summary>
    public bool Contains(UInt128 key)
    {
        foreach (var table in _tables)
        {
            if (table.Contains(key))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds a key that is not there.</summary>
    public void Add(UInt128 key)
    {
        if (_tables[0].IsFull)
        {
            if (_tables[0].Slots < slotsPerTable)
            {
                _tables[0] = _tables[0].Grown();
            }
            else
            {
                _tables.Insert(0, new Table(slotsPerTable));
                if (_tables.Count > Tables)
                {
                    _tables.RemoveAt(Tables);
                }
            }
        }

        _tables[0].Add(key);
    }

    private sealed class Table(int slots)
    {
        private readonly UInt128[] _keys = new UInt128[slots];

        public int Slots => _keys.Length;

        public int Count { get; private set; }

        public bool IsFull => Count >= Room(Slots);

        // Four of five: longer probes would cost more than the memory saved.
        public static int Room(int slots) => slots / 5 * 4;

        public bool Contains(UInt128 key) => _keys[Find(key)] != 0;

        public void Add(UInt128 key)
        {
            _keys[Find(key)] = key;
            Count++;
        }

        public Table Grown()
        {
            var grown = new Table(Slots * 2);
            foreach (var key in _keys)
            {
                if (key != 0)
                {
                    grown.Add(key);
                }
            }

            return grown;
        }

        private int Find(UInt128 key)
        {
            var mask = _keys.Length - 1;
            var slot = (int)(ulong)key & mask;
            while (_keys[slot] != 0 && _keys[slot] != key)
            {
                slot = (slot + 1) & mask;
            }

            return slot;
        }
    }
}
