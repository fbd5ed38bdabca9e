using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Muster.Warehouse.Profiles;

namespace Muster.Ingestion.Decoding;

/// <summary>Decodes profile updates.</summary>
/// <param name="now">The moment of arrival, UTC.</param>
/// <param name="scratch">Room as long as the body.</param>
internal sealed class ProfileDecoder(DateTime now, byte[] scratch) : IRecordDecoder<DecodedProfile>
{
    // Operations of one record apply in this order, whatever order they were written in.
    private static readonly string[] Supported = ["$delete", "$set", "$set_once", "$unset"];
    private static readonly string[] NotYet = ["$add", "$append", "$union", "$remove"];

    private readonly ProfileOperation?[] _operations = new ProfileOperation?[Supported.Length];
    private string? _token;
    private string? _distinctId;
    private long? _time;
    private bool _ignoreTime;
    private bool _ignoreAlias;
    private RecordFault? _fault;

    public DecodedProfile Unreadable(string message) => new() { Fault = new RecordFault("$distinct_id", message) };

    public DecodedProfile Decode(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, bool sourceIsUtf8)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return Unreadable("the record must be an object with '$token', '$distinct_id' and an operation");
        }

        Array.Clear(_operations);
        (_token, _distinctId, _time, _ignoreTime, _ignoreAlias, _fault) = (null, null, null, false, false, null);
        var start = reader.TokenStartIndex;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = JsonText.Read(ref reader);
            reader.Read();
            ReadMember(name, ref reader, source, sourceIsUtf8);
        }

        if (reader.BytesConsumed - start >= Limits.RecordBytes)
        {
            Refuse("$distinct_id", $"the update must be smaller than {Limits.RecordBytes} bytes");
        }

        return Judge();
    }

    private void ReadMember(string name, ref Utf8JsonReader reader, ReadOnlySpan<byte> source, bool sourceIsUtf8)
    {
        switch (name)
        {
            case "$token":
                _token = Id(name, ref reader, sourceIsUtf8);
                break;
            case "$distinct_id":
                _distinctId = Id(name, ref reader, sourceIsUtf8);
                break;
            case "$time":
                _time = EventTime.Read(ref reader, allowText: true);
                reader.Skip();
                break;
            case "$ignore_time":
                _ignoreTime = reader.TokenType == JsonTokenType.True || (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("true"u8));
                reader.Skip();
                break;
            case "$ignore_alias":
                _ignoreAlias = reader.TokenType == JsonTokenType.True || (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("true"u8));
                reader.Skip();
                break;
            case "$delete":
                _operations[0] = new ProfileOperation.Delete();
                reader.Skip();
                break;
            case "$set":
                _operations[1] = Properties(name, ref reader, source, sourceIsUtf8) is { } set ? new ProfileOperation.Set(set) : null;
                break;
            case "$set_once":
                _operations[2] = Properties(name, ref reader, source, sourceIsUtf8) is { } once ? new ProfileOperation.SetOnce(once) : null;
                break;
            case "$unset":
                _operations[3] = Names(name, ref reader, sourceIsUtf8) is { } names ? new ProfileOperation.Unset(names) : null;
                break;
            default:
                // The rest is said beside the operations by one sender or another and changes nothing here.
                if (NotYet.Contains(name))
                {
                    Refuse(name, $"'{name}' is not supported yet; nothing of this record was applied");
                }

                reader.Skip();
                break;
        }
    }

    private string? Id(string field, ref Utf8JsonReader reader, bool sourceIsUtf8)
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

    private List<KeyValuePair<string, string>>? Properties(string field, ref Utf8JsonReader reader, ReadOnlySpan<byte> source, bool sourceIsUtf8)
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
            var fault = PropertyValue.Copy(ref reader, source, sourceIsUtf8, scratch, Limits.ProfileContainerBytes, out var length);
            switch (nameIsUtf8 ? fault : ValueFault.NotUtf8)
            {
                case ValueFault.None:
                    properties.Add(new KeyValuePair<string, string>(name, Encoding.UTF8.GetString(scratch, 0, length)));
                    break;
                case ValueFault.NotUtf8:
                    Refuse(field, $"{field}.{name} is invalid: string should be valid utf8");
                    break;
                case ValueFault.TooDeep:
                    Refuse(field, $"'{field}.{name}' is invalid: objects may be nested {Limits.ObjectDepth} deep at most");
                    break;
                default:
                    Refuse(field, $"'{field}.{name}' is invalid: lists and objects may have {Limits.Members} members at most");
                    break;
            }
        }

        return properties;
    }

    private List<string>? Names(string field, ref Utf8JsonReader reader, bool sourceIsUtf8)
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

    // The first fault is the one reported.
    private void Refuse(string field, string message) => _fault ??= new RecordFault(field, message);

    private DecodedProfile Judge()
    {
        if (string.IsNullOrEmpty(_distinctId))
        {
            Refuse("$distinct_id", "'$distinct_id' must not be missing or empty");
        }
        else if (_operations.All(o => o is null))
        {
            Refuse("$set", $"the record has no operation: one of {string.Join(", ", Supported)}");
        }

        if (_fault is not null)
        {
            return new DecodedProfile { Fault = _fault, Token = _token };
        }

        var seen = _time is { } time ? EventTime.ToDateTime(time) : now;
        return new DecodedProfile
        {
            Token = _token,
            Update = new ProfileUpdate
            {
                ProjectId = 0,
                DistinctId = JsonText.Cut(_distinctId!, Limits.TextCharacters),
                Operations = [.. _operations.OfType<ProfileOperation>()],
                IgnoreAlias = _ignoreAlias,
                LastSeen = _ignoreTime ? null : seen > now ? now : seen,
            },
        };
    }
}
