using System.Globalization;
using System.Text;
using Muster.Ingestion;
using Muster.Ingestion.Bodies;
using Muster.Ingestion.Decoding;
using Muster.Warehouse.Profiles;

namespace Muster.Tests.Unit.Ingestion;

/// <summary>Decodes without a server.</summary>
internal static class Decode
{
    public static readonly DateTime Now = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    public static readonly string NowSeconds = EventTime.FromDateTime(Now).ToString(CultureInfo.InvariantCulture)[..^3];

    public static EventRules Strict { get; } = new() { Now = Now, Import = true, Strict = true };

    public static EventRules Lenient { get; } = Strict with { Strict = false };

    public static EventRules Track { get; } = new() { Now = Now, Import = false, Strict = false };

    public static (List<Outcome>? Records, Refusal? Refusal) Events(ReadOnlySpan<byte> bytes, EventRules rules, BodyFormat format = BodyFormat.Json)
    {
        using var body = BodyOf(bytes, format);
        var (records, refusal) = RecordReader.Read(body, new EventDecoder(rules, 1, body.Scratch));

        // The array that the properties are in goes back with the body.
        return (records?.ConvertAll(r => new Outcome(r, r.Event is null ? null : Encoding.UTF8.GetString(r.Event.Properties.Span))), refusal);
    }

    /// <summary>One event with the properties that every strict import needs and the given ones.</summary>
    public static Outcome Event(string properties, EventRules? rules = null, string name = "\"did\"")
    {
        var needed = $$"""{"time":{{NowSeconds}},"distinct_id":"a","$insert_id":"i-1"{{(properties.Length > 0 ? "," : "")}}{{properties}}}""";
        return One($$"""{"event":{{name}},"properties":{{needed}}}""", rules);
    }

    public static Outcome One(string json, EventRules? rules = null) => Events(Encoding.UTF8.GetBytes($"[{json}]"), rules ?? Strict).Records!.Single();

    public static List<DecodedUpdate<ProfileUpdate>>? Profiles(ReadOnlySpan<byte> bytes, BodyFormat format = BodyFormat.Json)
    {
        using var body = BodyOf(bytes, format);
        return RecordReader.Read(body, new ProfileDecoder(Now, body.Scratch)).Records;
    }

    public static DecodedUpdate<ProfileUpdate> Profile(string members) =>
        Profiles(Encoding.UTF8.GetBytes($$"""[{"$token":"t","$distinct_id":"a",{{members}}}]"""))!.Single();

    /// <summary>What a profile becomes by the update of a record.</summary>
    public static string? Applied(string? stored, string members)
    {
        var document = new ProfileDocument(stored);
        document.Apply(Profile(members).Update! with { LastSeen = null });
        return document.Exists ? document.ToJson() : null;
    }

    private static Body BodyOf(ReadOnlySpan<byte> bytes, BodyFormat format)
    {
        var body = Body.TryRent(new ByteBudget(new IngestionOptions()), format, 16)!;
        while (!bytes.IsEmpty)
        {
            var room = body.Room();
            var count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room.Span);
            body.Advance(count);
            bytes = bytes[count..];
        }

        return body;
    }

    internal sealed record Outcome(DecodedEvent Record, string? Properties);
}
