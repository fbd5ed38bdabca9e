using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Muster.Ingestion.Bodies;

namespace Muster.Ingestion.Decoding;

/// <summary>Writes the properties of one event after another, as JSON objects.</summary>
/// <param name="kept">Where to. It must have room for as many bytes as the record has: what is written of one is never longer.</param>
internal sealed class PropertyWriter(KeptBytes kept)
{
    private readonly List<Member> _members = [];
    private byte[] _target = [];
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
        (_target, _start) = (kept.Chunk, kept.Used);
        _target[_start] = (byte)'{';
        _end = _start + 1;
    }

    /// <summary>Copies a property, from its name, where the reader is, to its value, where it leaves the reader.</summary>
    public ValueFault Add(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, bool sourceIsUtf8)
    {
        var position = _end + (_members.Count > 0 ? 1 : 0);
        var nameIsUtf8 = sourceIsUtf8 || Utf8.IsValid(reader.ValueSpan);
        var nameLength = nameIsUtf8 ? PropertyValue.CopyText(ref reader, _target.AsSpan(position)) : 0;
        reader.Read();
        var fault = PropertyValue.Copy(
            ref reader, source, sourceIsUtf8, _target.AsSpan(position + nameLength + 1), ValueLimits.OfEvents, out var valueLength);
        fault = nameIsUtf8 ? fault : ValueFault.NotUtf8;
        if (fault == ValueFault.None)
        {
            Complete(position, nameLength, valueLength);
        }

        return fault;
    }

    /// <summary>Adds a text that follows from what was sent, at the end and unless there is a property of that name.</summary>
    /// <remarks>There is room for it: it stands for a property of the record that is not written and was not shorter.</remarks>
    /// <returns>How many bytes were added; 0 when the name is taken.</returns>
    public int AddMissing(string name, string text)
    {
        var (before, position) = (_end, _end + (_members.Count > 0 ? 1 : 0));
        var nameLength = Quote(name, _target.AsSpan(position));
        var quoted = new Member(position, nameLength, 0, Hash(_target.AsSpan(position, nameLength)));
        if (_members.Exists(earlier => IsSameName(earlier, quoted)))
        {
            return 0;
        }

        Complete(position, nameLength, Quote(text, _target.AsSpan(position + nameLength + 1)));
        return _end - before;
    }

    /// <summary>Ends the object and keeps it.</summary>
    public Memory<byte> Keep()
    {
        if (_repeated)
        {
            DropRepeated();
        }

        _target[_end++] = (byte)'}';
        kept.Keep(_end);
        return _target.AsMemory(_start, _end - _start);
    }

    private static int Quote(string text, Span<byte> target)
    {
        var utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = JsonText.Quote(utf8.AsSpan(0, Encoding.UTF8.GetBytes(text, utf8)), target);
        ArrayPool<byte>.Shared.Return(utf8);
        return length;
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

    // Name and value are written; what stands between them and before them follows.
    private void Complete(int position, int nameLength, int valueLength)
    {
        if (_members.Count > 0)
        {
            _target[position - 1] = (byte)',';
        }

        _target[position + nameLength] = (byte)':';
        _end = position + nameLength + 1 + valueLength;
        Note(new Member(position, nameLength, _end, Hash(_target.AsSpan(position, nameLength))));
    }

    private void Note(Member member)
    {
        foreach (var earlier in _members)
        {
            _repeated |= IsSameName(earlier, member);
        }

        _members.Add(member);
    }

    private bool IsSameName(Member a, Member b) => a.Hash == b.Hash && Name(a).SequenceEqual(Name(b));

    private ReadOnlySpan<byte> Name(Member member) => _target.AsSpan(member.Start, member.NameLength);

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
                repeated = IsSameName(_members[later], member);
            }

            if (repeated)
            {
                continue;
            }

            if (end > _start + 1)
            {
                _target[end++] = (byte)',';
            }

            _target.AsSpan(member.Start, member.End - member.Start).CopyTo(_target.AsSpan(end));
            end += member.End - member.Start;
        }

        _end = end;
    }

    private readonly record struct Member(int Start, int NameLength, int End, int Hash);
}
