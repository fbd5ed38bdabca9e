using System.Text.Json;

namespace Muster.Ingestion.Decoding;

/// <summary>Event properties that mean something here.</summary>
internal enum CoreProperty
{
    None,
    Token,
    Time,
    DistinctId,
    InsertId,
    Ip,
    Ignore,
    UserId,
    DeviceId,
    IdentifiedId,
    AnonymousId,
    Alias,
    DistinctIds,
    Source,
}

internal static class CoreProperties
{
    /// <summary>Which one the reader's property name is.</summary>
    public static CoreProperty Find(ref Utf8JsonReader reader)
    {
        var name = reader.ValueSpan;
        if (reader.ValueIsEscaped)
        {
            // Escaped spellings of these names are as good; nobody sends them, so this may be slow.
            return Find(System.Text.Encoding.UTF8.GetBytes(JsonText.Read(ref reader)));
        }

        return Find(name);
    }

    private static CoreProperty Find(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when name.SequenceEqual("ip"u8) => CoreProperty.Ip,
        4 when name.SequenceEqual("time"u8) => CoreProperty.Time,
        5 when name.SequenceEqual("token"u8) => CoreProperty.Token,
        5 when name.SequenceEqual("alias"u8) => CoreProperty.Alias,
        7 when name.SequenceEqual("$ignore"u8) => CoreProperty.Ignore,
        7 when name.SequenceEqual("$source"u8) => CoreProperty.Source,
        8 when name.SequenceEqual("$user_id"u8) => CoreProperty.UserId,
        8 when name.SequenceEqual("$anon_id"u8) => CoreProperty.AnonymousId,
        10 when name.SequenceEqual("$insert_id"u8) => CoreProperty.InsertId,
        10 when name.SequenceEqual("$device_id"u8) => CoreProperty.DeviceId,
        11 when name.SequenceEqual("distinct_id"u8) => CoreProperty.DistinctId,
        13 when name.SequenceEqual("$distinct_ids"u8) => CoreProperty.DistinctIds,
        14 when name.SequenceEqual("$identified_id"u8) => CoreProperty.IdentifiedId,
        17 when name.SequenceEqual("$anon_distinct_id"u8) => CoreProperty.AnonymousId,
        _ => CoreProperty.None,
    };
}
