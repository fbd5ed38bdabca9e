using DuckDB.NET.Data;
using Muster.Warehouse.DuckDb;

namespace Muster.Syncs.Results;

/// <summary>Reads what the people on a sync's list received and did since they came onto it.</summary>
/// <remarks>
/// Whoever is or was on the list counts from the start of the run that first put them there, as far back as the ledger
/// goes; after they left it too, as what they were sent may be opened later.
/// </remarks>
internal sealed class ResultReader(DuckDbStore store)
{
    private const string People = """
        WITH listed AS (
            SELECT user_id, since_run FROM ledger WHERE sync_id = $sync AND user_id IS NOT NULL
            UNION ALL
            SELECT user_id, since_run FROM ledger_past WHERE sync_id = $sync AND user_id IS NOT NULL
        ), person AS (
            SELECT coalesce(a.canonical_id, listed.user_id) AS user_id, min(coalesce(run.started, TIMESTAMP '1970-01-01')) AS since
            FROM listed
            LEFT JOIN (SELECT unnest($runs) AS id, unnest($starts) AS started) run ON run.id = listed.since_run
            LEFT JOIN alias a ON a.user_id = listed.user_id
            GROUP BY ALL
        )
        """;

    private const string Count = People + """
        SELECT count(*) FROM person
        """;

    private const string Rows = People + """
        , happened AS (
            SELECT n.name, e.user_id, e.properties ->> '/campaignId' AS campaign_id, e.properties ->> '/campaignName' AS campaign_name,
                   CAST(timezone($zone, timezone('UTC', e.time)) AS DATE) AS day
            FROM event e
            JOIN event_name n ON n.event_id = e.event_id
            LEFT JOIN alias a ON a.user_id = e.user_id
            JOIN person ON person.user_id = coalesce(a.canonical_id, e.user_id)
            WHERE e.project_id = $project AND e.source = 'iterable' AND e.time >= person.since AND e.time >= $earliest AND e.time < $latest
        )
        SELECT campaign_id, any_value(campaign_name), day,
               count(*) FILTER (name IN ('emailSend', 'pushSend', 'smsSend', 'inAppSend', 'webPushSend', 'whatsAppSend')),
               count(*) FILTER (name IN ('emailOpen', 'pushOpen', 'inAppOpen')),
               count(*) FILTER (name IN ('emailClick', 'smsClick', 'inAppClick', 'webPushClick', 'embeddedClick')),
               count(*) FILTER (name = 'emailUnSubscribe'),
               count(*) FILTER (name IN ('emailBounce', 'pushBounce', 'smsBounce'))
        FROM happened
        WHERE day BETWEEN $from AND $to
        GROUP BY campaign_id, day
        ORDER BY day, campaign_id
        """;

    /// <summary>Reads them.</summary>
    /// <param name="question">Of which sync, and when.</param>
    public SyncResults Read(ResultQuestion question)
    {
        using var connection = store.Open();
        (string, object?)[] parameters =
        [
            ("sync", question.SyncId), ("project", question.ProjectId), ("zone", question.Timezone),
            ("from", question.From), ("to", question.To),
            // The days of any zone lie within these; the store finds rows by them.
            ("earliest", question.From.AddDays(-1).ToDateTime(TimeOnly.MinValue)), ("latest", question.To.AddDays(2).ToDateTime(TimeOnly.MinValue)),
            ("runs", question.Runs.Select(r => r.Id).ToList()), ("starts", question.Runs.Select(r => r.StartedAt.UtcDateTime).ToList()),
        ];
        var members = connection.Query(Count, reader => reader.GetInt64(0), parameters)[0];
        var rows = connection.Query(Rows, Read, parameters).Where(row => row.Counts != new ResultCounts()).ToList();
        var counts = rows.ConvertAll(row => row.Counts);
        return new SyncResults
        {
            SyncId = question.SyncId,
            From = question.From,
            To = question.To,
            Members = members,
            Totals = new ResultCounts
            {
                Sends = counts.Sum(c => c.Sends),
                Opens = counts.Sum(c => c.Opens),
                Clicks = counts.Sum(c => c.Clicks),
                Unsubscribes = counts.Sum(c => c.Unsubscribes),
                Bounces = counts.Sum(c => c.Bounces),
            },
            Items = rows,
        };
    }

    private static ResultRow Read(DuckDBDataReader reader) => new()
    {
        CampaignId = reader.TextOrNull(0),
        CampaignName = reader.TextOrNull(1),
        Day = reader.GetFieldValue<DateOnly>(2),
        Counts = new ResultCounts
        {
            Sends = reader.GetInt64(3),
            Opens = reader.GetInt64(4),
            Clicks = reader.GetInt64(5),
            Unsubscribes = reader.GetInt64(6),
            Bounces = reader.GetInt64(7),
        },
    };
}

/// <summary>Of which sync, in which days of the project's zone; with the starts of its runs.</summary>
internal sealed record ResultQuestion(
    int SyncId, int ProjectId, string Timezone, DateOnly From, DateOnly To, IReadOnlyList<(long Id, DateTimeOffset StartedAt)> Runs);
