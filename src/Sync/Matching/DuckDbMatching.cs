using Muster.Control;

namespace Muster.Syncs.Matching;

/// <summary>The matching rules as DuckDB statements over the temporary table <c>staged(user_id)</c>.</summary>
/// <remarks>
/// They leave the temporary table <c>candidate(user_id, subscriber, user_key, reason)</c>: one row for each member,
/// with the 128-bit key of its subscriber or the reason why it has none. Keys instead of addresses keep ten million
/// rows small; the view <c>identifier</c> gives a member's address and user id again when they are needed.
/// </remarks>
internal static class DuckDbMatching
{
    // An address: a dotted local part without the characters that need quoting, and a domain of at least two labels.
    // A user id: 1-52 printable ASCII characters, no trailing space (Iterable's documented limit).
    private const string Identifier = """
        CREATE TEMP VIEW identifier AS
        SELECT user_id, distinct_id,
               CASE WHEN email_ok THEN email END AS email,
               email IS NOT NULL AND NOT email_ok AS email_invalid,
               CASE WHEN user_id_ok THEN iterable_user_id END AS iterable_user_id,
               iterable_user_id IS NOT NULL AND NOT user_id_ok AS user_id_invalid
        FROM (
            SELECT *,
                   length(email) <= 254
                   AND regexp_full_match(email, '[^\s\p{C}@"(),:;<>\[\\\].]+(\.[^\s\p{C}@"(),:;<>\[\\\].]+)*@([\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?') AS email_ok,
                   regexp_full_match(iterable_user_id, '[ -~]{0,51}[!-~]') AS user_id_ok
            FROM {source}
        )
        """;

    private const string WithoutFallback = """
        (SELECT s.user_id, NULL AS distinct_id,
                nullif(lower(trim(p.email, concat(' ', chr(9), chr(10), chr(11), chr(12), chr(13), chr(160)))), '') AS email,
                nullif(p.iterable_user_id, '') AS iterable_user_id
         FROM staged s LEFT JOIN profile p ON p.user_id = s.user_id)
        """;

    private const string WithFallback = """
        (SELECT s.user_id, i.distinct_id,
                nullif(lower(trim(p.email, concat(' ', chr(9), chr(10), chr(11), chr(12), chr(13), chr(160)))), '') AS email,
                coalesce(nullif(p.iterable_user_id, ''),
                         CASE WHEN NOT starts_with(i.distinct_id, '$device:') THEN i.distinct_id END) AS iterable_user_id
         FROM staged s
         JOIN identity i ON i.user_id = s.user_id
         LEFT JOIN profile p ON p.user_id = s.user_id)
        """;

    private const string Candidate = """
        CREATE TEMP TABLE candidate (user_id INTEGER, subscriber UHUGEINT, user_key UHUGEINT, reason VARCHAR)
        """;

    private const string CandidateOfEmail = """
        INSERT INTO candidate
        SELECT user_id, md5_number('e:' || email), NULL,
               CASE WHEN email_invalid THEN 'invalid_email' WHEN email IS NULL THEN 'no_email' END
        FROM identifier
        """;

    private const string CandidateOfHybrid = """
        INSERT INTO candidate
        SELECT user_id,
               coalesce(md5_number('e:' || email), md5_number('u:' || iterable_user_id)),
               md5_number('u:' || iterable_user_id),
               CASE WHEN email IS NOT NULL OR iterable_user_id IS NOT NULL THEN NULL
                    WHEN email_invalid THEN 'invalid_email'
                    WHEN user_id_invalid THEN 'invalid_user_id'
                    ELSE 'no_identifier' END
        FROM identifier
        """;

    private const string CandidateOfUserId = """
        INSERT INTO candidate
        SELECT user_id, md5_number('u:' || iterable_user_id), NULL,
               CASE WHEN user_id_invalid THEN 'invalid_user_id' WHEN iterable_user_id IS NULL THEN 'no_user_id' END
        FROM identifier
        """;

    // The forgotten of the whole connection, by either name; others that this sync was refused lately, as long as the
    // very same data would be sent again and they are not on the list.
    private const string Refused = """
        UPDATE candidate SET reason = refused.reason, subscriber = NULL, user_key = NULL
        FROM (
            SELECT i.user_id, min(r.reason) AS reason
            FROM identifier i
            JOIN refusal r ON r.connection_id = $connection AND r.reason = 'forgotten'
             AND (r.email = i.email OR (r.iterable_user_id = i.iterable_user_id AND $byUserId))
            GROUP BY i.user_id
            UNION ALL
            SELECT i.user_id, max_by(r.reason, r.refused_at)
            FROM identifier i
            JOIN refusal r ON r.connection_id = $connection AND r.sync_id = $sync AND r.reason <> 'forgotten' AND r.refused_at > $retryBefore
             AND r.email IS NOT DISTINCT FROM i.email AND r.iterable_user_id IS NOT DISTINCT FROM i.iterable_user_id
            JOIN candidate c ON c.user_id = i.user_id
            LEFT JOIN ledger l ON l.sync_id = $sync AND l.list_id = $list AND l.subscriber = c.subscriber
            WHERE l.subscriber IS NULL
            GROUP BY i.user_id
        ) refused
        WHERE candidate.user_id = refused.user_id AND candidate.reason IS NULL
        """;

    private const string HasRefusals = "SELECT count(*) FROM refusal WHERE connection_id = $connection";

    // Only the few identities that are shared are collected: grouping is far cheaper than a window over all members.
    private const string DuplicatesBySubscriber = """
        UPDATE candidate SET reason = 'duplicate', subscriber = NULL, user_key = NULL
        FROM (SELECT subscriber, min(user_id) AS keeper FROM candidate WHERE subscriber IS NOT NULL AND reason IS NULL GROUP BY subscriber HAVING count(*) > 1) shared
        WHERE candidate.subscriber = shared.subscriber AND candidate.user_id <> shared.keeper AND candidate.reason IS NULL
        """;

    // In hybrid projects the user id is unique as well; the member with an address knows more and stands for both.
    private const string DuplicatesByUserId = """
        UPDATE candidate SET reason = 'duplicate', subscriber = NULL, user_key = NULL
        FROM (
            SELECT user_key, min_by(user_id, (subscriber = user_key, user_id)) AS keeper
            FROM candidate WHERE user_key IS NOT NULL AND reason IS NULL GROUP BY user_key HAVING count(*) > 1
        ) shared
        WHERE candidate.user_key = shared.user_key AND candidate.user_id <> shared.keeper AND candidate.reason IS NULL
        """;

    /// <summary>The statements that make <c>candidate</c>, in order, without parameters.</summary>
    public static IEnumerable<string> Statements(MatchRules rules)
    {
        // Two fixed texts, never anything from outside.
        yield return Identifier.Replace("{source}", rules.CanonicalIdAsUserId ? WithFallback : WithoutFallback, StringComparison.Ordinal);
        yield return Candidate;
        yield return rules.ProjectType switch
        {
            ProjectType.Email => CandidateOfEmail,
            ProjectType.Hybrid => CandidateOfHybrid,
            _ => CandidateOfUserId,
        };
    }

    /// <summary>Counts the refusals there are at all, so that a run without any skips <see cref="MarkRefused"/>.</summary>
    public const string CountRefusals = HasRefusals;

    /// <summary>Marks the refused; parameters connection, sync, list, retryBefore, byUserId.</summary>
    public const string MarkRefused = Refused;

    /// <summary>The statements that mark duplicates.</summary>
    public static IEnumerable<string> MarkDuplicates(ProjectType projectType)
    {
        yield return DuplicatesBySubscriber;
        if (projectType == ProjectType.Hybrid)
        {
            yield return DuplicatesByUserId;
        }
    }
}
