using System.Text.Json;
using Muster.Ingestion.Bodies;
using Muster.Warehouse.Profiles;

namespace Muster.Ingestion.Decoding;

/// <summary>Decodes updates of people's profiles.</summary>
/// <param name="now">The moment of arrival, UTC.</param>
/// <param name="kept">Room for the values of a record while it is read.</param>
internal sealed class ProfileDecoder(DateTime now, KeptBytes kept) : IRecordDecoder<DecodedUpdate<ProfileUpdate>>
{
    private readonly OperationReader _operations = new(kept);
    private string? _token;
    private string? _distinctId;
    private long? _time;
    private bool _ignoreTime;
    private bool _ignoreAlias;

    public DecodedUpdate<ProfileUpdate> Unreadable(string message) => new() { Fault = new RecordFault("$distinct_id", message) };

    public DecodedUpdate<ProfileUpdate> Decode(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, bool sourceIsUtf8)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return Unreadable("the record must be an object with '$token', '$distinct_id' and an operation");
        }

        _operations.Begin();
        (_token, _distinctId, _time, _ignoreTime, _ignoreAlias) = (null, null, null, false, false);
        var start = reader.TokenStartIndex;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = JsonText.Read(ref reader);
            reader.Read();
            ReadMember(name, ref reader, source, sourceIsUtf8);
        }

        if (reader.BytesConsumed - start >= Limits.RecordBytes)
        {
            _operations.Refuse("$distinct_id", $"the update must be smaller than {Limits.RecordBytes} bytes");
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
            case "$distinct_id":
                _distinctId = _operations.Id(name, ref reader, sourceIsUtf8);
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
            default:
                // The rest is said beside the operations by one sender or another and changes nothing here.
                if (!_operations.TryRead(name, ref reader, source, sourceIsUtf8))
                {
                    reader.Skip();
                }

                break;
        }
    }

    private DecodedUpdate<ProfileUpdate> Judge()
    {
        if (string.IsNullOrEmpty(_distinctId))
        {
            _operations.Refuse("$distinct_id", "'$distinct_id' must not be missing or empty");
        }

        var operations = _operations.End();
        if (_operations.Fault is not null)
        {
            return new DecodedUpdate<ProfileUpdate> { Fault = _operations.Fault, Token = _token };
        }

        var seen = _time is { } time ? EventTime.ToDateTime(time) : now;
        return new DecodedUpdate<ProfileUpdate>
        {
            Token = _token,
            Update = new ProfileUpdate
            {
                ProjectId = 0,
                DistinctId = JsonText.Cut(_distinctId!, Limits.TextCharacters),
                Operations = operations,
                IgnoreAlias = _ignoreAlias,
                LastSeen = _ignoreTime ? null : seen > now ? now : seen,
            },
        };
    }
}
