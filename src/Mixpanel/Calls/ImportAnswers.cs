using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Muster.Mixpanel.Calls;

/// <summary>Reads answers of /import.</summary>
internal static class ImportAnswers
{
    private const int LongestText = 500;

    // An answer names each refused event of 2,000 with a sentence; more than this is no answer of Mixpanel's.
    private const int LargestAnswer = 8 * 1024 * 1024;

    /// <summary>What an answer means.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="count">How many events were sent.</param>
    /// <param name="clock">For a Retry-After that is a date.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<ImportAnswer> ReadAsync(HttpResponseMessage response, int count, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var body = await BodyAsync(response, cancellationToken);
        return response.StatusCode switch
        {
            HttpStatusCode.OK when body is not null => new ImportAnswer.Taken(Refused(body.RootElement, count)),
            HttpStatusCode.BadRequest when body is not null => Refused(body.RootElement, count) is { Count: > 0 } refused
                ? new ImportAnswer.Taken(refused)
                : new ImportAnswer.RefusedWhole(Text(body.RootElement, "error") ?? "Mixpanel did not say why."),
            HttpStatusCode.RequestEntityTooLarge => new ImportAnswer.TooLarge(),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                new ImportAnswer.Again($"answered {Status(response)}", RetryAfter(response, clock)),
            HttpStatusCode.Unauthorized => new ImportAnswer.Stopped(
                "answered 401",
                "It does not accept the service account or its secret. Look in Mixpanel, under Organization Settings > Service Accounts, whether it is still there and not expired."),
            HttpStatusCode.Forbidden => new ImportAnswer.Stopped(
                "answered 403", "The service account may not import into this project: give it the role Admin or Owner there."),
            // Anything else is no answer of /import: a proxy in between, or a page in its place.
            >= HttpStatusCode.OK and < HttpStatusCode.BadRequest or HttpStatusCode.BadRequest =>
                new ImportAnswer.Again($"answered {Status(response)} with what is not /import's answer", RetryAfter(response, clock)),
            _ => new ImportAnswer.Stopped($"answered {Status(response)}", "Check the project's id and its data residency, and MUSTER_MIXPANEL_INGEST_URL if it is set."),
        };
    }

    private static string Status(HttpResponseMessage response) => ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);

    /// <summary>The records that an answer names as refused; ids and indexes that cannot be are left out.</summary>
    private static List<RefusedRecord> Refused(JsonElement body, int count)
    {
        var refused = new Dictionary<int, RefusedRecord>();
        if (body.TryGetProperty("failed_records", out var records) && records.ValueKind == JsonValueKind.Array)
        {
            foreach (var record in records.EnumerateArray())
            {
                if (record.ValueKind == JsonValueKind.Object && record.TryGetProperty("index", out var index)
                    && index.ValueKind == JsonValueKind.Number && index.TryGetInt32(out var at) && at >= 0 && at < count)
                {
                    refused.TryAdd(at, new RefusedRecord(at, Text(record, "field"), Text(record, "message") ?? "Mixpanel did not say why."));
                }
            }
        }

        return [.. refused.Values.OrderBy(r => r.Index)];
    }

    private static string? Text(JsonElement from, string key) =>
        from.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text.Length <= LongestText ? text : text[..LongestText]
            : null;

    // Null: not a JSON object.
    private static async Task<JsonDocument?> BodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.BadRequest))
        {
            return null;
        }

        await response.Content.LoadIntoBufferAsync(LargestAnswer, cancellationToken);
        try
        {
            var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider clock) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        // Against the answer's own clock when it shows one, so that a wrong clock on either side does no harm.
        { Date: { } date } => date - (response.Headers.Date ?? clock.GetUtcNow()),
        _ => null,
    };
}
