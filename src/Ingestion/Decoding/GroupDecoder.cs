using System.Text.Json;
using Muster.Ingestion.Bodies;
using Muster.Warehouse.Profiles;

namespace Muster.Ingestion.Decoding;

/// <summary>Decodes updates of groups' profiles.</summary>
/// <param name="kept">Room for the values of a record while it is read.</param>
internal sealed class GroupDecoder(KeptBytes kept) : IRecordDecoder<DecodedUpdate<GroupUpdate>>
{
    private readonly OperationReader _operations = new(kept);
    private string? _token;
    private string? _groupKey;
    private string? _groupId;

    public DecodedUpdate<GroupUpdate> Unreadable(string message) => new() { Fault = new RecordFault("$group_id", message) };

    public DecodedUpdate<GroupUpdate> Decode(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, bool sourceIsUtf8)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return Unreadable("the record must be an object with '$token', '$group_key', '$group_id' and an operation");
        }

        _operations.Begin();
        (_token, _groupKey, _groupId) = (null, null, null);
        var start = reader.TokenStartIndex;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = JsonText.Read(ref reader);
            reader.Read();
            ReadMember(name, ref reader, source, sourceIsUtf8);
        }

        if (reader.BytesConsumed - start >= Limits.RecordBytes)
        {
            _operations.Refuse("$group_id", $"the update must be smaller than {Limits.RecordBytes} bytes");
        }

        return Judge();
    }

    private void ReadMember(string name, ref Utf8JsonReader reader, ReadOnlySpan<byte> source, bool sourceIsUtf8)
    {
        switch (name)
        {
            case "$token":
                _token = _operations.Id(name, ref reader, sourceIsUtf8);
                break;
            case "$group_key":
                _groupKey = _operations.Id(name, ref reader, sourceIsUtf8);
                break;
            case "$group_id":
                _groupId = _operations.Id(name, ref reader, sourceIsUtf8);
                break;
            case "$distinct_id":
                reader.Skip();
                _operations.Refuse(name, "'$distinct_id' is of people; a group is named by '$group_key' and '$group_id'");
                break;
            case "$add" or "$append":
                reader.Skip();
                _operations.Refuse(name, $"'{name}' is not for groups");
                break;
            default:
                if (!_operations.TryRead(name, ref reader, source, sourceIsUtf8))
                {
                    reader.Skip();
                }

                break;
        }
    }

    private DecodedUpdate<GroupUpdate> Judge()
    {
        if (string.IsNullOrEmpty(_groupKey))
        {
            _operations.Refuse("$group_key", "'$group_key' must not be missing or empty");
        }

        if (string.IsNullOrEmpty(_groupId))
        {
            _operations.Refuse("$group_id", "'$group_id' must not be missing or empty");
        }

        var operations = _operations.End();
        if (_operations.Fault is not null)
        {
            return new DecodedUpdate<GroupUpdate> { Fault = _operations.Fault, Token = _token };
        }

        return new DecodedUpdate<GroupUpdate>
        {
            Token = _token,
            Update = new GroupUpdate
            {
                ProjectId = 0,
                GroupKey = JsonText.Cut(_groupKey!, Limits.TextCharacters),
                GroupId = JsonText.Cut(_groupId!, Limits.TextCharacters),
                Operations = operations,
            },
        };
    }
}
