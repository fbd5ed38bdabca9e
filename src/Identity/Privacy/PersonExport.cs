using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Muster.Warehouse.DuckDb;
using Muster.Warehouse.Privacy;

namespace Muster.Identity.Privacy;

/// <summary>Writes all that is held about a person as one JSON object.</summary>
internal sealed class PersonExport(DuckDbStore store, PersonFinder finder, IEnumerable<IPersonalData> rooms)
{
    private const string Profile = "SELECT properties FROM profile WHERE user_id IN (SELECT unnest($ids))";

    private const string Events = """
        SELECT n.name, i.distinct_id, e.time, e.insert_id, e.received_at, e.properties
        FROM event e
        JOIN event_name n ON n.event_id = e.event_id
        JOIN identity i ON i.user_id = e.user_id
        WHERE e.user_id IN (SELECT unnest($ids))
        """;

    private const string RefusedMerges = """
        SELECT kind, first_id, second_id, reason, refused_at FROM refused_merge
        WHERE project_id = $project AND (first_id IN (SELECT unnest($names)) OR second_id IN (SELECT unnest($names))) ORDER BY number
        """;

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The person, to be asked before anything is written.</summary>
    public PersonRecord Find(int projectId, string distinctId) => finder.Find(projectId, distinctId);

    /// <summary>Writes a person. Events are streamed, in the order in which they arrived.</summary>
    public async Task WriteAsync(PersonRecord person, Stream target, CancellationToken cancellationToken)
    {
        await using var writer = new Utf8JsonWriter(target, Readable);
        writer.WriteStartObject();
        writer.WriteString("distinctId"u8, person.CanonicalId ?? person.AskedFor);
        WriteTexts(writer, "distinctIds", person.CanonicalId is null ? [] : person.DistinctIds);
        WriteProfile(writer, person);
        await WriteEventsAsync(writer, person, cancellationToken);
        WriteRefusedMerges(writer, person);
        foreach (var room in rooms)
        {
            await room.WriteAsync(person, writer, cancellationToken);
        }

        writer.WriteEndObject();
        await writer.FlushAsync(cancellationToken);
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static string Text(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private void WriteProfile(Utf8JsonWriter writer, PersonRecord person)
    {
        using var connection = store.Open();
        writer.WritePropertyName("profile"u8);
        if (connection.Query(Profile, r => r.GetString(0), ("ids", person.UserIds.ToList())) is [var properties, ..])
        {
            writer.WriteRawValue(properties);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    private async Task WriteEventsAsync(Utf8JsonWriter writer, PersonRecord person, CancellationToken cancellationToken)
    {
        const int LargestBuffer = 64 * 1024;
        await using var connection = store.Open();
        await using var command = connection.Command(Events, ("ids", person.UserIds.ToList()));
        command.UseStreamingMode = true;
        writer.WriteStartArray("events"u8);
        await using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            writer.WriteStartObject();
            writer.WriteString("event"u8, reader.GetString(0));
            writer.WriteString("distinctId"u8, reader.GetString(1));
            writer.WriteString("time"u8, Text(reader.GetDateTime(2)));
            writer.WriteString("insertId"u8, reader.GetString(3));
            writer.WriteString("receivedAt"u8, Text(reader.GetDateTime(4)));
            writer.WritePropertyName("properties"u8);
            writer.WriteRawValue(reader.GetString(5));
            writer.WriteEndObject();
            if (writer.BytesPending > LargestBuffer)
            {
                await writer.FlushAsync(cancellationToken);
            }
        }

        writer.WriteEndArray();
    }

    private void WriteRefusedMerges(Utf8JsonWriter writer, PersonRecord person)
    {
        using var connection = store.Open();
        var refused = connection.Query(
            RefusedMerges,
            r => (Kind: r.GetString(0), First: r.GetString(1), Second: r.GetString(2), Reason: r.GetString(3), At: r.GetDateTime(4)),
            ("project", person.ProjectId), ("names", person.DistinctIds.ToList()));
        writer.WriteStartArray("refusedMerges"u8);
        foreach (var (kind, first, second, reason, at) in refused)
        {
            writer.WriteStartObject();
            writer.WriteString("kind"u8, kind);
            WriteTexts(writer, "ids", [first, second]);
            writer.WriteString("reason"u8, reason);
            writer.WriteString("at"u8, Text(at));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
