using System.Buffers;

namespace Muster.Ingestion.Decoding;

/// <summary>Finds the values of a JSON array, or a body's one object.</summary>
/// <remarks>Only what is between the values is checked here; whether a value is JSON is found out when it is decoded.</remarks>
internal sealed class ArrayFinder : RecordFinder
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> InText = SearchValues.Create("\"\\"u8);
    private static readonly SearchValues<byte> AfterScalar = SearchValues.Create(",]}: \t\r\n"u8);

    private Place _place = Place.Beginning;
    private bool _alone;

    // The value that is being searched for its end, from its first byte: how far, how deep, and whether within a text.
    private int _searched;
    private int _depth;
    private bool _inText;

    private enum Place
    {
        Beginning,
        FirstValue,
        NextValue,
        Value,
        AfterValue,
        AfterAll,
    }

    public override RecordPlace Next(ReadOnlySpan<byte> bytes, bool ended)
    {
        var at = 0;
        while (true)
        {
            if (_place == Place.Value)
            {
                return Value(bytes, at, ended);
            }

            at = bytes.Length - bytes[at..].TrimStart(" \t\r\n"u8).Length;
            if (at == bytes.Length)
            {
                return new RecordPlace(!ended ? Finding.Incomplete : _place == Place.AfterAll ? Finding.End : Finding.Broken, at, 0, at);
            }

            switch (_place, bytes[at])
            {
                case (Place.Beginning, (byte)'['):
                    _place = Place.FirstValue;
                    at++;
                    break;
                case (Place.Beginning, (byte)'{'):
                    Begin();
                    _alone = true;
                    break;
                case (Place.Beginning, (byte)'"' or (byte)'-' or (>= (byte)'0' and <= (byte)'9') or (byte)'t' or (byte)'f' or (byte)'n'):
                    return new RecordPlace(Finding.NoRecords, at, 0, at);
                case (Place.FirstValue or Place.AfterValue, (byte)']'):
                    _place = Place.AfterAll;
                    at++;
                    break;
                case (Place.AfterValue, (byte)','):
                    _place = Place.NextValue;
                    at++;
                    break;
                case (Place.FirstValue or Place.NextValue, not ((byte)',' or (byte)']' or (byte)'}' or (byte)':')):
                    Begin();
                    break;
                default:
                    return new RecordPlace(Finding.Broken, at, 0, at);
            }
        }
    }

    private void Begin()
    {
        (_place, _searched, _depth, _inText) = (Place.Value, 0, 0, false);
    }

    private RecordPlace Value(ReadOnlySpan<byte> bytes, int start, bool ended)
    {
        var value = bytes[start..];
        var complete = value is [(byte)'{' or (byte)'[' or (byte)'"', ..] ? IsClosed(value) : IsScalarOver(value, ended);
        if (complete)
        {
            _place = _alone ? Place.AfterAll : Place.AfterValue;
            return new RecordPlace(Finding.Record, start, _searched, start + _searched);
        }

        return new RecordPlace(ended ? Finding.Broken : Finding.Incomplete, ended ? bytes.Length : start, 0, start);
    }

    private bool IsScalarOver(ReadOnlySpan<byte> value, bool ended)
    {
        var more = value[_searched..].IndexOfAny(AfterScalar);
        _searched = more < 0 ? value.Length : _searched + more;
        return more >= 0 || ended;
    }

    private bool IsClosed(ReadOnlySpan<byte> value)
    {
        while (true)
        {
            var next = value[_searched..].IndexOfAny(_inText ? InText : Structure);
            if (next < 0)
            {
                _searched = value.Length;
                return false;
            }

            _searched += next;
            switch (value[_searched])
            {
                case (byte)'\\' when _searched + 1 == value.Length:
                    // What it escapes has not come yet.
                    return false;
                case (byte)'\\':
                    _searched += 2;
                    continue;
                case (byte)'"':
                    _inText = !_inText;
                    break;
                case (byte)'{' or (byte)'[':
                    _depth++;
                    break;
                default:
                    _depth--;
                    break;
            }

            _searched++;
            if (_depth == 0 && !_inText)
            {
                return true;
            }
        }
    }
}
