using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Muster.Control;
using Muster.Identity.Merging;
using Muster.Ingestion.Bodies;
using Muster.Warehouse.Events;

namespace Muster.Ingestion.Decoding;

/// <summary>Decodes events and checks each by the rules of its endpoint.</summary>
/// <param name="rules">Those rules.</param>
/// <param name="projectId">The project, when the credentials named it; 0 when each event's token does.</param>
/// <param name="kept">Where the stored properties are written.</param>
internal sealed class EventDecoder(EventRules rules, int projectId, KeptBytes kept) : IRecordDecoder<DecodedEvent>
{
    private readonly PropertyWriter _properties = new(kept);
    private EventFacts _facts;

    public DecodedEvent Unreadable(string message) => new() { Fault = new RecordFault("event", message) };

    public DecodedEvent Decode(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, bool sourceIsUtf8)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return Unreadable("the record must be an object with 'event' and 'properties'");
        }

        _facts = default;
        _properties.Begin();
        var start = reader.TokenStartIndex;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("event"u8))
            {
                reader.Read();
                ReadName(ref reader, sourceIsUtf8);
            }
            else if (reader.ValueTextEquals("properties"u8))
            {
                reader.Read();
                ReadProperties(ref reader, source, sourceIsUtf8);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (reader.BytesConsumed - start >= Limits.RecordBytes)
        {
            _facts.OtherFault = new RecordFault("properties", $"the event must be smaller than {Limits.RecordBytes} bytes");
        }

        return Judge();
    }

    private void ReadName(ref Utf8JsonReader reader, bool sourceIsUtf8)
    {
        _facts.NameFault = null;
        if (reader.TokenType != JsonTokenType.String)
        {
            _facts.NameFault = reader.TokenType == JsonTokenType.Null ? null : new RecordFault("event", "'event' is invalid: must be a string");
            _facts.Name = null;
            reader.Skip();
        }
        else if (!sourceIsUtf8 && !Utf8.IsValid(reader.ValueSpan))
        {
            _facts.NameFault = new RecordFault("event", "event is invalid: string should be valid utf8");
        }
        else
        {
            _facts.Name = JsonText.Cut(JsonText.Read(ref reader), Limits.TextCharacters);
        }
    }

    private void ReadProperties(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, bool sourceIsUtf8)
    {
        // Named twice, the last one counts.
        var (name, nameFault) = (_facts.Name, _facts.NameFault);
        _facts = new EventFacts { Name = name, NameFault = nameFault };
        _properties.Begin();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            _facts.OtherFault = new RecordFault("properties", "'properties' must be an object");
            reader.Skip();
            return;
        }

        _facts.HasProperties = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var fault = ReadProperty(ref reader, source, sourceIsUtf8);
            _facts.OtherFault ??= fault;
        }
    }

    private RecordFault? ReadProperty(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, bool sourceIsUtf8)
    {
        var (nameStart, nameLength) = ((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2);
        switch (CoreProperties.Find(ref reader))
        {
            case CoreProperty.Token:
                reader.Read();
                _facts.Token = Id(ref reader, sourceIsUtf8).Text;
                return null;
            case CoreProperty.Time:
                reader.Read();
                _facts.HasTime = reader.TokenType != JsonTokenType.Null;
                _facts.Time = EventTime.Read(ref reader, allowText: !rules.Strict);
                reader.Skip();
                return null;
            case CoreProperty.DistinctId:
                reader.Read();
                _facts.DistinctId = Id(ref reader, sourceIsUtf8);
                return null;
            case CoreProperty.InsertId:
                reader.Read();
                _facts.InsertId = Id(ref reader, sourceIsUtf8);
                return null;
            case CoreProperty.Ip:
                reader.Read();
                reader.Skip();
                return null;
            case CoreProperty.Ignore:
                Peek(reader, out var ignore);
                _facts.Ignored = ignore.TokenType == JsonTokenType.True || (ignore.TokenType == JsonTokenType.String && !ignore.ValueSpan.IsEmpty);
                break;
            case CoreProperty.UserId:
                Peek(reader, out var user);
                _facts.UserId = Id(ref user, sourceIsUtf8).Text;
                break;
            case CoreProperty.DeviceId:
                Peek(reader, out var device);
                _facts.DeviceId = Id(ref device, sourceIsUtf8).Text;
                break;
            case CoreProperty.IdentifiedId:
                Peek(reader, out var identified);
                _facts.IdentifiedId = Id(ref identified, sourceIsUtf8).Text;
                break;
            case CoreProperty.AnonymousId:
                Peek(reader, out var anonymous);
                _facts.AnonymousId = Id(ref anonymous, sourceIsUtf8).Text;
                break;
            case CoreProperty.Alias:
                Peek(reader, out var alias);
                _facts.Alias = Id(ref alias, sourceIsUtf8).Text;
                break;
            case CoreProperty.DistinctIds:
                Peek(reader, out var ids);
                _facts.DistinctIds = Two(ref ids, sourceIsUtf8);
                break;
            case CoreProperty.Source:
                Peek(reader, out var from);
                _facts.Source = Text(ref from, source, sourceIsUtf8);
                break;
        }

        if (_properties.Count >= Limits.Members)
        {
            reader.Read();
            reader.Skip();
            return new RecordFault("properties", $"the event must not have more than {Limits.Members} properties");
        }

        return _properties.Add(ref reader, source, sourceIsUtf8) switch
        {
            ValueFault.None => null,
            ValueFault.NotUtf8 => About(source.Slice(nameStart, nameLength), "{0} is invalid: string should be valid utf8"),
            ValueFault.TooDeep => About(source.Slice(nameStart, nameLength), $"'{{0}}' is invalid: objects may be nested {Limits.ObjectDepth} deep at most"),
            _ => About(source.Slice(nameStart, nameLength), $"'{{0}}' is invalid: lists and objects may have {Limits.Members} members at most"),
        };
    }

    private static void Peek(Utf8JsonReader reader, out Utf8JsonReader value)
    {
        value = reader;
        value.Read();
    }

    private static RecordFault About(ReadOnlySpan<byte> quotedName, string message)
    {
        if (!Utf8.IsValid(quotedName))
        {
            return new RecordFault("properties", "a property's name is invalid: string should be valid utf8");
        }

        var reader = new Utf8JsonReader(quotedName);
        reader.Read();
        var field = $"properties.{JsonText.Cut(JsonText.Read(ref reader), Limits.TextCharacters)}";
        return new RecordFault(field, message.Replace("{0}", field, StringComparison.Ordinal));
    }

    /// <summary>An id: a text, or the text of a number or boolean.</summary>
    private static SentId Id(ref Utf8JsonReader reader, bool sourceIsUtf8)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return !sourceIsUtf8 && !Utf8.IsValid(reader.ValueSpan)
                    ? new SentId { Fault = "string should be valid utf8" }
                    : new SentId { Text = JsonText.Read(ref reader) };
            case JsonTokenType.Null:
                return default;
            case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                return new SentId { Text = Encoding.ASCII.GetString(reader.ValueSpan) };
            default:
                reader.Skip();
                return new SentId { Fault = "must be a string" };
        }
    }

    /// <summary>The texts of a list of exactly two; null when it is anything else.</summary>
    private static (string First, string Second)? Two(ref Utf8JsonReader reader, bool sourceIsUtf8)
    {
        var texts = new List<string?>();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray && texts.Count < 3)
            {
                texts.Add(reader.TokenType == JsonTokenType.String ? Id(ref reader, sourceIsUtf8).Text : null);
                reader.Skip();
            }
        }

        return texts is [{ Length: > 0 } first, { Length: > 0 } second] ? (first, second) : null;
    }

    private static string? Text(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, bool sourceIsUtf8)
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            return Encoding.UTF8.GetString(source[start..(int)reader.BytesConsumed]);
        }

        return Id(ref reader, sourceIsUtf8).Text is { } text ? JsonText.Cut(text, Limits.TextCharacters) : null;
    }

    private DecodedEvent Judge()
    {
        var fault = EventChecks.Find(ref _facts, rules);
        if (fault is not null)
        {
            return new DecodedEvent { Fault = fault with { InsertId = _facts.InsertId.Text }, Token = _facts.Token };
        }

        if (_facts.Ignored || _facts.TooOld)
        {
            return new DecodedEvent { Token = _facts.Token };
        }

        // Where each event's token names the project, it is prepared for simplified merge, of which the other takes less.
        var sent = Identity();
        var read = IdentityReading.Of(sent, rules.IdMerge ?? IdMerge.Simplified, rules.Anonymous, rules.Import);
        var derived = read.Derived is { } added ? _properties.AddMissing(added.Key, added.Value) : 0;
        var stored = new NewEvent
        {
            ProjectId = projectId,
            Name = _facts.Name!,
            DistinctId = read.DistinctId,
            Claim = read.Claim,
            Time = _facts.When,
            InsertId = _facts.Key ?? Guid.NewGuid().ToString("N"),
            InsertIdIsOurs = _facts.Key is null,
            Source = _facts.Source,
            Properties = _properties.Keep(),
            ReceivedAt = rules.Now,
        };
        return new DecodedEvent
        {
            Event = stored,
            Identity = rules.IdMerge is null ? new StrongBox<SentIdentity>(sent) : null,
            Token = _facts.Token,
            Derived = derived,
        };
    }

    private SentIdentity Identity() => new()
    {
        Event = _facts.Name!,
        DistinctId = Cut(_facts.DistinctId.Text),
        UserId = Cut(_facts.UserId),
        DeviceId = Cut(_facts.DeviceId),
        IdentifiedId = Cut(_facts.IdentifiedId),
        AnonymousId = Cut(_facts.AnonymousId),
        Alias = Cut(_facts.Alias),
        DistinctIds = _facts.DistinctIds is var (first, second) ? (Cut(first)!, Cut(second)!) : null,
    };

    private static string? Cut(string? id) => id is null ? null : JsonText.Cut(id, Limits.TextCharacters);
}
