using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Muster.Identity.Merging;
using Muster.Ingestion;
using Muster.Ingestion.Bodies;
using Muster.Ingestion.Decoding;
using Muster.Warehouse.Events;
using Muster.Warehouse.Profiles;
using Shouldly;

namespace Muster.Tests.Unit.Ingestion;

/// <summary>Decodes without a server.</summary>
internal static class Decode
{
    public static readonly DateTime Now = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    public static readonly string NowSeconds = EventTime.FromDateTime(Now).ToString(CultureInfo.InvariantCulture)[..^3];

    public static EventRules Strict { get; } = new() { Now = Now, Import = true, Strict = true };

    public static EventRules Lenient { get; } = Strict with { Strict = false };

    public static EventRules Track { get; } = new() { Now = Now, Import = false, Strict = false };

    /// <summary>Decodes events of a project on original merge, to whose properties nothing is added.</summary>
    public static (List<Outcome>? Records, Refusal? Refusal) Events(byte[] bytes, EventRules rules, BodyFormat format = BodyFormat.Json, int piece = int.MaxValue)
    {
        using var body = BodyOf(bytes, format, piece);
        var (records, refusal) = Completed(RecordReader.ReadAsync(body, new EventDecoder(rules, 1, body.Kept), CancellationToken.None));

        // The memory that the properties are in goes back with the body.
        return (records?.ConvertAll(r => new Outcome(r, r.Event is null ? null : Encoding.UTF8.GetString(AsSent(r).Properties.Span))), refusal);
    }

    /// <summary>One event with the properties that every strict import needs and the given ones.</summary>
    public static Outcome Event(string properties, EventRules? rules = null, string name = "\"did\"")
    {
        var needed = $$"""{"time":{{NowSeconds}},"distinct_id":"a","$insert_id":"i-1"{{(properties.Length > 0 ? "," : "")}}{{properties}}}""";
        return One($$"""{"event":{{name}},"properties":{{needed}}}""", rules);
    }

    public static Outcome One(string json, EventRules? rules = null) => Events(Encoding.UTF8.GetBytes($"[{json}]"), rules ?? Strict).Records!.Single();

    public static List<DecodedUpdate<ProfileUpdate>>? Profiles(byte[] bytes, BodyFormat format = BodyFormat.Json, int piece = int.MaxValue)
    {
        using var body = BodyOf(bytes, format, piece);
        return Completed(RecordReader.ReadAsync(body, new ProfileDecoder(Now, body.Kept), CancellationToken.None)).Records;
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

    private static NewEvent AsSent(DecodedEvent record) => record.Of(1, new IdentityReading(record.Event!.DistinctId, record.Event.Claim, null));

    // Everything is in memory: nothing has to be waited for.
    private static T Completed<T>(ValueTask<T> task)
    {
        task.IsCompleted.ShouldBeTrue();
        return task.GetAwaiter().GetResult();
    }

    // A window as small as it may be, filled piece by piece.
    private static Body BodyOf(byte[] bytes, BodyFormat format, int piece)
    {
        var request = new DefaultHttpContext().Request;
        request.Body = new PieceStream(bytes, piece);
        return Body.TryRent(new ByteBudget(new IngestionOptions()), format, 16, new BodySource(request, gzip: false, Limits.BodyBytes))!;
    }

    internal sealed record Outcome(DecodedEvent Record, string? Properties);
}
