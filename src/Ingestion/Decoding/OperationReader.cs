using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Muster.Ingestion.Bodies;
using Muster.Warehouse.Profiles;

namespace Muster.Ingestion.Decoding;

/// <summary>Reads the operations of one profile update after another.</summary>
/// <param name="kept">Has room for as many bytes as the record has; nothing in it is kept.</param>
internal sealed class OperationReader(KeptBytes kept)
{
    // Operations of one record apply in this order, whatever order they were written in.
    private static readonly string[] Names = ["$delete", "$set", "$set_once", "$add", "$append", "$union", "$remove", "$unset"];

    private readonly ProfileOperation?[] _operations = new ProfileOperation?[Names.Length];

    /// <summary>What is wrong with the record: the first fault that was found.</summary>
    public RecordFault? Fault { get; private set; }

    /// <summary>Begins a record.</summary>
    public void Begin()
    {
        Array.Clear(_operations);
        Fault = null;
    }

    /// <summary>Notes a fault of the record.</summary>
    public void Refuse(string field, string message) => Fault ??= new RecordFault(field, message);

    /// <summary>Reads a member's value, where the reader is, when its name is that of an operation; false when it is not, and then nothing is read.</summary>
    public bool TryRead(string name, ref Utf8JsonReader reader, ReadOnlySpan<byte> source, bool sourceIsUtf8)
    {
        ProfileOperation? operation;
        switch (name)
        {
            case "$delete":
                operation = new ProfileOperation.Delete();
                reader.Skip();
                break;
            case "$set":
                operation = Values(name, ref reader, source, sourceIsUtf8) is { } set ? new ProfileOperation.Set(set) : null;
                break;
            case "$set_once":
                operation = Values(name, ref reader, source, sourceIsUtf8) is { } once ? new ProfileOperation.SetOnce(once) : null;
                break;
            case "$add":
                operation = Values(name, ref reader, source, sourceIsUtf8) is { } numbers ? new ProfileOperation.Add(Numbers(name, numbers)) : null;
                break;
            case "$append":
                operation = Values(name, ref reader, source, sourceIsUtf8) is { } values ? new ProfileOperation.Append(values) : null;
                break;
            case "$union":
                operation = Values(name, ref reader, source, sourceIsUtf8) is { } lists ? new ProfileOperation.Union(lists.ConvertAll(Members)) : null;
                break;
            case "$remove":
                operation = Values(name, ref reader, source, sourceIsUtf8) is { } gone ? new ProfileOperation.Remove(gone) : null;
                break;
            case "$unset":
                operation = PropertyNames(name, ref reader, sourceIsUtf8) is { } names ? new ProfileOperation.Unset(names) : null;
                break;
            default:
                return false;
        }

        _operations[Array.IndexOf(Names, name)] = operation;
        return true;
    }

    /// <summary>The operations of the record in the order in which they apply; there must be one, or it is refused.</summary>
    public List<ProfileOperation> End()
    {
        var operations = _operations.OfType<ProfileOperation>().ToList();
        if (operations.Count == 0)
        {
            Refuse("$set", $"the record has no operation: one of {string.Join(", ", Names)}");
        }

        return operations;
    }

    /// <summary>An id: a text, or the text of a number.</summary>
    public string? Id(string field, ref Utf8JsonReader reader, bool sourceIsUtf8)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String when sourceIsUtf8 || Utf8.IsValid(reader.ValueSpan):
                return JsonText.Read(ref reader);
            case JsonTokenType.Number:
                return Encoding.ASCII.GetString(reader.ValueSpan);
            case JsonTokenType.Null:
                return null;
            default:
                reader.Skip();
                Refuse(field, $"'{field}' is invalid: must be a string");
                return null;
        }
    }

    private List<KeyValuePair<string, string>>? Values(string field, ref Utf8JsonReader reader, ReadOnlySpan<byte> source, bool sourceIsUtf8)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            Refuse(field, $"'{field}' is invalid: must be an object of properties");
            return null;
        }

        var properties = new List<KeyValuePair<string, string>>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var nameIsUtf8 = sourceIsUtf8 || Utf8.IsValid(reader.ValueSpan);
            var name = JsonText.Cut(JsonText.Read(ref reader), Limits.TextCharacters);
            reader.Read();
            var fault = PropertyValue.Copy(ref reader, source, sourceIsUtf8, kept.Room, ValueLimits.OfProfiles, out var length);
            switch (nameIsUtf8 ? fault : ValueFault.NotUtf8)
            {
                case ValueFault.None:
                    properties.Add(new KeyValuePair<string, string>(name, Encoding.UTF8.GetString(kept.Room[..length])));
                    break;
                case ValueFault.NotUtf8:
                    Refuse(field, $"{field}.{name} is invalid: string should be valid utf8");
                    break;
                case ValueFault.TooDeep:
                    Refuse(field, $"'{field}.{name}' is invalid: objects may be nested {Limits.ObjectDepth} deep at most");
                    break;
                default:
                    Refuse(field, $"'{field}.{name}' is invalid: objects may have {Limits.Members} members at most");
                    break;
            }
        }

        return properties;
    }

    private List<KeyValuePair<string, string>> Numbers(string field, List<KeyValuePair<string, string>> values)
    {
        foreach (var (name, value) in values)
        {
            if (value[0] is not ('-' or (>= '0' and <= '9'))
                || !double.IsFinite(double.Parse(value, System.Globalization.CultureInfo.InvariantCulture)))
            {
                Refuse(field, $"'{field}.{name}' is invalid: must be a number");
            }
        }

        return values;
    }

    // A value that is no list is taken for a list of it alone, as SDKs do themselves.
    private static KeyValuePair<string, IReadOnlyList<string>> Members(KeyValuePair<string, string> property) => new(
        property.Key,
        property.Value[0] == '[' ? [.. JsonElement.Parse(property.Value).EnumerateArray().Select(e => e.GetRawText())] : [property.Value]);

    private List<string>? PropertyNames(string field, ref Utf8JsonReader reader, bool sourceIsUtf8)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            Refuse(field, $"'{field}' is invalid: must be a list of property names");
            return null;
        }

        var names = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String && (sourceIsUtf8 || Utf8.IsValid(reader.ValueSpan)))
            {
                names.Add(JsonText.Cut(JsonText.Read(ref reader), Limits.TextCharacters));
            }
            else
            {
                reader.Skip();
                Refuse(field, $"'{field}' is invalid: must be a list of property names");
            }
        }

        return names;
    }
}
