using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Muster.Warehouse.Profiles;

/// <summary>The properties of one profile while updates are applied to it; null properties mean there is no profile.</summary>
public sealed class ProfileDocument
{
    /// <summary>The most properties a profile may have.</summary>
    public const int MaxProperties = 2000;

    private const string LastSeenName = "$last_seen";

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private OrderedDictionary<string, string>? _properties;

    /// <summary>Reads a stored profile.</summary>
    /// <param name="json">Its JSON object; null: there is no profile.</param>
    public ProfileDocument(string? json) => _properties = json is null ? null : Parse(json);

    /// <summary>Whether there is a profile.</summary>
    public bool Exists => _properties is not null;

    /// <summary>Whether an update changed it since it was read.</summary>
    public bool Changed { get; private set; }

    /// <summary>Applies an update.</summary>
    public ProfileOutcome Apply(ProfileUpdate update) => Apply(update.Operations, update.LastSeen);

    /// <summary>Applies operations in order, all or none.</summary>
    /// <param name="operations">The operations.</param>
    /// <param name="lastSeen">What <c>$last_seen</c> becomes, UTC; null leaves it alone.</param>
    public ProfileOutcome Apply(IReadOnlyList<ProfileOperation> operations, DateTime? lastSeen)
    {
        if (Crowded(operations))
        {
            return ProfileOutcome.TooManyProperties;
        }

        // Only a sum can fail halfway.
        var (before, changedBefore) = (operations.Any(o => o is ProfileOperation.Add) ? Copy() : null, Changed);
        var seen = lastSeen;
        foreach (var operation in operations)
        {
            switch (operation)
            {
                case ProfileOperation.Delete:
                    Delete();
                    break;
                case ProfileOperation.Set set:
                    Make();
                    foreach (var (name, value) in set.Properties)
                    {
                        _properties![name] = value;
                        seen = name == LastSeenName ? null : seen;
                    }

                    break;
                case ProfileOperation.SetOnce once:
                    Make();
                    foreach (var (name, value) in once.Properties)
                    {
                        _properties!.TryAdd(name, value);
                    }

                    break;
                case ProfileOperation.Add add:
                    Make();
                    foreach (var (name, number) in add.Numbers)
                    {
                        if (ProfileNumbers.Add(_properties!.GetValueOrDefault(name), number) is not { } sum)
                        {
                            (_properties, Changed) = (before, changedBefore);
                            return ProfileOutcome.NotANumber;
                        }

                        _properties![name] = sum;
                    }

                    break;
                case ProfileOperation.Append append:
                    Make();
                    foreach (var (name, value) in append.Values)
                    {
                        ChangeList(name, list => ProfileLists.Append(list, value));
                    }

                    break;
                case ProfileOperation.Union union:
                    Make();
                    foreach (var (name, values) in union.Lists)
                    {
                        ChangeList(name, list => ProfileLists.Union(list, values));
                    }

                    break;
                case ProfileOperation.Remove remove when Exists:
                    Changed = true;
                    foreach (var (name, value) in remove.Values.Where(v => _properties!.ContainsKey(v.Key)))
                    {
                        ChangeList(name, list => ProfileLists.Remove(list, value));
                    }

                    break;
                case ProfileOperation.Unset unset when Exists:
                    Changed = true;
                    foreach (var name in unset.Names)
                    {
                        _properties!.Remove(name);
                        seen = name == LastSeenName ? null : seen;
                    }

                    break;
            }
        }

        if (Exists && seen is { } time)
        {
            Changed = true;
            _properties![LastSeenName] = $"\"{time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)}\"";
        }

        return ProfileOutcome.Applied;
    }

    /// <summary>Takes over the properties of another that are not there yet, as far as there is room; makes the profile when there is none.</summary>
    public void FillFrom(ProfileDocument other)
    {
        Make();
        foreach (var (name, value) in other._properties!)
        {
            if (_properties!.Count < MaxProperties)
            {
                _properties.TryAdd(name, value);
            }
        }
    }

    /// <summary>Removes the profile.</summary>
    public void Delete()
    {
        Changed |= Exists;
        _properties = null;
    }

    /// <summary>A property as text: a JSON string unescaped, any other value as its JSON text; null when missing or null.</summary>
    public string? Text(string name)
    {
        if (_properties is null || !_properties.TryGetValue(name, out var json) || json == "null")
        {
            return null;
        }

        return json[0] == '"' ? JsonSerializer.Deserialize<string>(json) : json;
    }

    /// <summary><c>$last_seen</c> in UTC; null when it is not a text with date and time.</summary>
    public DateTime? LastSeen() =>
        Text(LastSeenName) is { } text && text.Contains('T', StringComparison.Ordinal)
        && DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;

    /// <summary>The profile as a JSON object.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in _properties!)
            {
                writer.WritePropertyName(name);
                writer.WriteRawValue(value, skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static OrderedDictionary<string, string> Parse(string json)
    {
        var properties = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        var utf8 = Encoding.UTF8.GetBytes(json);
        var reader = new Utf8JsonReader(utf8);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            properties[name] = Encoding.UTF8.GetString(utf8, start, (int)reader.BytesConsumed - start);
        }

        return properties;
    }

    private void Make()
    {
        Changed = true;
        _properties ??= new OrderedDictionary<string, string>(StringComparer.Ordinal);
    }

    private OrderedDictionary<string, string>? Copy() =>
        _properties is null ? null : new OrderedDictionary<string, string>(_properties, StringComparer.Ordinal);

    private void ChangeList(string name, Func<string, string> change)
    {
        var stored = _properties!.GetValueOrDefault(name);
        if (stored is null or "null")
        {
            _properties![name] = change("[]");
        }
        else if (stored[0] == '[')
        {
            _properties![name] = change(stored);
        }
    }

    // Updates are all or nothing, so the room is looked at before anything is changed.
    private bool Crowded(IReadOnlyList<ProfileOperation> operations)
    {
        var kept = operations.Any(o => o is ProfileOperation.Delete) ? null : _properties;
        if ((kept?.Count ?? 0) + operations.Sum(o => Named(o).Count()) <= MaxProperties)
        {
            return false;
        }

        var added = operations.SelectMany(Named).Where(name => kept?.ContainsKey(name) != true).ToHashSet(StringComparer.Ordinal).Count;
        return added > 0 && (kept?.Count ?? 0) + added > MaxProperties;
    }

    // The properties that an operation may make.
    private static IEnumerable<string> Named(ProfileOperation operation) => operation switch
    {
        ProfileOperation.Set set => set.Properties.Select(p => p.Key),
        ProfileOperation.SetOnce once => once.Properties.Select(p => p.Key),
        ProfileOperation.Add add => add.Numbers.Select(p => p.Key),
        ProfileOperation.Append append => append.Values.Select(p => p.Key),
        ProfileOperation.Union union => union.Lists.Select(p => p.Key),
        _ => [],
    };
}
