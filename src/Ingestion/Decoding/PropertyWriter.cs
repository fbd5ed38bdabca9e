using System.Text.Json;
using System.Text.Unicode;

namespace Muster.Ingestion.Decoding;

/// <summary>Writes the properties of one event after another into one array, as JSON objects.</summary>
/// <param name="target">Must have as many bytes as the records have: what is written of a record is never longer than it.</param>
internal sealed class PropertyWriter(byte[] target)
{
    private readonly List<Member> _members = [];
    private int _start;
    private int _end;
    private bool _repeated;

    /// <summary>How many properties the object has.</summary>
    public int Count => _members.Count;

    /// <summary>Begins an object behind the last one that was kept.</summary>
    public void Begin()
    {
        _members.Clear();
        _repeated = false;
        target[_start] = (byte)'{';
        _end = _start + 1;
    }

    /// <summary>Copies a property, from its name, where the reader is, to its value, where it leaves the reader.</summary>
    public ValueFault Add(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, bool sourceIsUtf8)
    {
        var start = _end;
        var position = start + (_members.Count > 0 ? 1 : 0);
        var nameIsUtf8 = sourceIsUtf8 || Utf8.IsValid(reader.ValueSpan);
        var nameLength = nameIsUtf8 ? PropertyValue.CopyText(ref reader, target.AsSpan(position)) : 0;
        reader.Read();
        var valueStart = position + nameLength + 1;
        var fault = PropertyValue.Copy(
            ref reader, source, sourceIsUtf8, target.AsSpan(valueStart), ValueLimits.OfEvents, out var valueLength);
        fault = nameIsUtf8 ? fault : ValueFault.NotUtf8;
        if (fault == ValueFault.None)
        {
            if (_members.Count > 0)
            {
                target[start] = (byte)',';
            }

            target[valueStart - 1] = (byte)':';
            _end = valueStart + valueLength;
            Note(new Member(position, nameLength, _end, Hash(target.AsSpan(position, nameLength))));
        }

        return fault;
    }

    /// <summary>Ends the object and keeps it.</summary>
    public ReadOnlyMemory<byte> Keep()
    {
        if (_repeated)
        {
            DropRepeated();
        }

        target[_end++] = (byte)'}';
        var kept = target.AsMemory(_start, _end - _start);
        _start = _end;
        return kept;
    }

    private static int Hash(ReadOnlySpan<byte> name)
    {
        var hash = name.Length;
        foreach (var value in name)
        {
            hash = (hash * 31) + value;
        }

        return hash;
    }

    private void Note(Member member)
    {
        foreach (var earlier in _members)
        {
            _repeated |= earlier.Hash == member.Hash && Name(earlier).SequenceEqual(Name(member));
        }

        _members.Add(member);
    }

    private ReadOnlySpan<byte> Name(Member member) => target.AsSpan(member.Start, member.NameLength);

    // Of properties with one name the last one counts; the store would read the first one.
    private void DropRepeated()
    {
        var end = _start + 1;
        for (var i = 0; i < _members.Count; i++)
        {
            var member = _members[i];
            var repeated = false;
            for (var later = i + 1; later < _members.Count && !repeated; later++)
            {
                repeated = _members[later].Hash == member.Hash && Name(_members[later]).SequenceEqual(Name(member));
            }

            if (repeated)
            {
                continue;
            }

            if (end > _start + 1)
            {
                target[end++] = (byte)',';
            }

            target.AsSpan(member.Start, member.End - member.Start).CopyTo(target.AsSpan(end));
            end += member.End - member.Start;
        }

        _end = end;
    }

    private readonly record struct Member(int Start, int NameLength, int End, int Hash);
}
