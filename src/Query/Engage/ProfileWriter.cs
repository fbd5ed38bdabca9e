using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Muster.Query.Engage;

/// <summary>Writes profiles as they are answered.</summary>
/// <param name="names">The properties wanted; null: all.</param>
/// <param name="zone">The project's time zone: <c>$last_seen</c> is shown in it.</param>
internal sealed class ProfileWriter(IReadOnlyList<string>? names, TimeZoneInfo zone)
{
    private const string LastSeen = "$last_seen";
    private const string Moment = "yyyy-MM-dd'T'HH:mm:ss";

    private readonly HashSet<string>? _names = names?.ToHashSet(StringComparer.Ordinal);
    private readonly bool _asStored = names is null && zone.BaseUtcOffset == TimeSpan.Zero && !zone.SupportsDaylightSavingTime;
    private byte[] _buffer = new byte[4096];

    /// <summary>Writes one.</summary>
    /// <param name="writer">At the place of a value.</param>
    /// <param name="distinctId">Whose it is.</param>
    /// <param name="properties">The stored JSON object; null: there is no profile.</param>
    public void Write(Utf8JsonWriter writer, string distinctId, string? properties)
    {
        writer.WriteStartObject();
        writer.WriteString("$distinct_id"u8, distinctId);
        writer.WritePropertyName("$properties"u8);
        if (_asStored && properties is not null)
        {
            writer.WriteRawValue(properties, skipInputValidation: true);
        }
        else
        {
            writer.WriteStartObject();
            if (properties is not null)
            {
                WriteSome(writer, properties);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private void WriteSome(Utf8JsonWriter writer, string properties)
    {
        var most = Encoding.UTF8.GetMaxByteCount(properties.Length);
        if (_buffer.Length < most)
        {
            _buffer = new byte[most];
        }

        var utf8 = _buffer.AsSpan(0, Encoding.UTF8.GetBytes(properties, _buffer));
        var reader = new Utf8JsonReader(utf8);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var text = reader.TokenType == JsonTokenType.String && name == LastSeen ? reader.GetString() : null;
            reader.Skip();
            if (_names?.Contains(name) == false)
            {
                continue;
            }

            writer.WritePropertyName(name);
            if (text is not null && DateTime.TryParseExact(text, Moment, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var utc))
            {
                writer.WriteStringValue(TimeZoneInfo.ConvertTimeFromUtc(utc, zone).ToString(Moment, CultureInfo.InvariantCulture));
            }
            else
            {
                writer.WriteRawValue(utf8[start..(int)reader.BytesConsumed], skipInputValidation: true);
            }
        }
    }
}
