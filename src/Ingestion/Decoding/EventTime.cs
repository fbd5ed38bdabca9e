using System.Globalization;
using System.Text.Json;

namespace Muster.Ingestion.Decoding;

/// <summary>Reads times as Mixpanel takes them: seconds or milliseconds since the epoch, with or without a fraction.</summary>
internal static class EventTime
{
    // 1e11 seconds is the year 5138; 1e11 milliseconds is March 1973.
    private const double LeastMilliseconds = 1e11;

    // The last millisecond a DateTime can hold; what is later is as far in the future.
    private const long Latest = 253_402_300_799_999;

    /// <summary>Milliseconds since the epoch; null when the token is no time.</summary>
    /// <param name="reader">At the value.</param>
    /// <param name="allowText">Whether a number written as a text is one.</param>
    public static long? Read(ref Utf8JsonReader reader, bool allowText)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return reader.TryGetInt64(out var whole) ? Milliseconds(whole) : reader.TryGetDouble(out var value) ? Milliseconds(value) : null;
        }

        return allowText && reader.TokenType == JsonTokenType.String
            && double.TryParse(JsonText.Read(ref reader), NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed)
            ? Milliseconds(parsed)
            : null;
    }

    /// <summary>A moment in UTC.</summary>
    public static DateTime ToDateTime(long milliseconds) => DateTime.UnixEpoch.AddTicks(milliseconds * TimeSpan.TicksPerMillisecond);

    /// <summary>A moment as milliseconds since the epoch.</summary>
    public static long FromDateTime(DateTime time) => (time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    private static long Milliseconds(long value) =>
        Math.Clamp(value >= (long)LeastMilliseconds ? value : value < -Latest ? -Latest : value * 1000, -Latest, Latest);

    private static long? Milliseconds(double value) =>
        double.IsNaN(value) ? null : (long)Math.Clamp(value >= LeastMilliseconds ? value : Math.Round(value * 1000), -Latest, Latest);
}
