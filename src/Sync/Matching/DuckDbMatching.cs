using Muster.Control;

namespace Muster.Syncs.Matching;

/// <summary>The matching rules as DuckDB statements over the temporary table <c>staged(user_id)</c>.</summary>
/// <remarks>
/// They leave the temporary table <c>candidate(user_id, subscriber, reason, email_ok, user_id_ok)</c>, in hybrid
/// projects with <c>user_key</c>: one row for each member, with the 128-bit key of its subscriber or the reason why it
/// has none. Keys instead of addresses keep ten million rows small; the view <c>identifier</c> gives a member's address
/// and user id again when they are needed, without judging them a second time.
/// </remarks>
internal static class DuckDbMatching
{
    // What the profile says, as it would be sent; {people} is the table whose members are wanted. Most addresses are
    // plain: one cheap expression finds that nothing has to be trimmed and no other rule looked at.
    private const string Given = """
        SELECT *, CASE WHEN plain THEN lowered
                       ELSE nullif(trim(lowered, concat(' ', chr(9), chr(10), chr(11), chr(12), chr(13), chr(160))), '') END AS email
        FROM (
            SELECT *, length(lowered) <= 254 AND regexp_full_match(lowered, '[a-z0-9_+-]+(\.[a-z0-9_+-]+)*@([a-z0-9]+\.)+[a-z0-9]+') AS plain
            FROM {source}
        )
        """;

    private const string WithoutFallback = """
        (SELECT s.*, NULL AS distinct_id, lower(p.email) AS lowered, nullif(p.iterable_user_id, '') AS iterable_user_id
         FROM {people} s LEFT JOIN profile p ON p.user_id = s.user_id)
        """;

    private const string WithFallback = """
        (SELECT s.*, i.distinct_id, lower(p.email) AS lowered,
                coalesce(nullif(p.iterable_user_id, ''),
                         CASE WHEN NOT starts_with(i.distinct_id, '$device:') THEN i.distinct_id END) AS iterable_user_id
         FROM {people} s
         JOIN identity i ON i.user_id = s.user_id
         LEFT JOIN profile p ON p.user_id = s.user_id)
        """;

    // An address: a dotted local part without the characters that need quoting, and a domain of at least two labels.
    // A user id: 1-52 printable ASCII characters, no trailing space (Iterable's documented limit).
    // Both null when there is nothing to judge.
    private const string Judged = """
        CREATE TEMP VIEW judged AS
        SELECT user_id, email, iterable_user_id,
               CASE WHEN plain THEN true
                    ELSE length(email) <= 254
                         AND regexp_full_match(email, '[^\s\p{C}@"(),:;<>\[\\\].]+(\.[^\s\p{C}@"(),:;<>\[\\\].]+)*@([\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?')
               END AS email_ok,
               regexp_full_match(iterable_user_id, '[ -~]{0,51}[!-~]') AS user_id_ok
        FROM ({given})
        """;

    private const string Identifier = """
        CREATE TEMP VIEW identifier AS
        SELECT user_id, distinct_id, reason,
               CASE WHEN email_ok THEN email END AS email,
               email_ok IS FALSE AS email_invalid,
               CASE WHEN user_id_ok THEN iterable_user_id END AS iterable_user_id,
               user_id_ok IS FALSE AS user_id_invalid
        FROM ({given})
        """;

    // One byte a member; every reason that a statement here or below gives.
    private const string Reason =
        "ENUM ('no_email', 'no_identifier', 'no_user_id', 'invalid_email', 'invalid_user_id', 'duplicate', 'forgotten', 'conflict', 'not_found', 'invalid_data')";

    private const string CandidateOfEmail = $"""
        CREATE TEMP TABLE candidate AS
        SELECT user_id, CASE WHEN email_ok THEN md5_number('e:' || email) END AS subscriber,
               CAST(CASE WHEN NOT email_ok THEN 'invalid_email' WHEN email IS NULL THEN 'no_email' END AS {Reason}) AS reason,
               email_ok, user_id_ok
        FROM judged
        """;

    private const string CandidateOfHybrid = $"""
        CREATE TEMP TABLE candidate AS
        SELECT user_id,
               CASE WHEN email_ok THEN md5_number('e:' || email) WHEN user_id_ok THEN md5_number('u:' || iterable_user_id) END AS subscriber,
               CASE WHEN user_id_ok THEN md5_number('u:' || iterable_user_id) END AS user_key,
               CAST(CASE WHEN email_ok OR user_id_ok THEN NULL
                         WHEN NOT email_ok THEN 'invalid_email'
                         WHEN NOT user_id_ok THEN 'invalid_user_id'
                         ELSE 'no_identifier' END AS {Reason}) AS reason,
               email_ok, user_id_ok
        FROM judged
        """;

    private const string CandidateOfUserId = $"""
        CREATE TEMP TABLE candidate AS
        SELECT user_id, CASE WHEN user_id_ok THEN md5_number('u:' || iterable_user_id) END AS subscriber,
               CAST(CASE WHEN NOT user_id_ok THEN 'invalid_user_id' WHEN iterable_user_id IS NULL THEN 'no_user_id' END AS {Reason}) AS reason,
               email_ok, user_id_ok
        FROM judged
        """;

    private const string DropJudged = "DROP VIEW judged";

    private const string DropStaged = "DROP TABLE staged";

    // The forgotten of the whole connection, by either name; others that this sync was refused lately, as long as the
    // very same data would be sent again and they are not on the list. Each name is a join of its own: joined by OR, every
    // member would be compared with every refusal.
    private const string Refused = """
        UPDATE candidate SET reason = refused.reason, subscriber = NULL{user_key}
        FROM (
            SELECT i.user_id, 'forgotten' AS reason
            FROM identifier i
            JOIN refusal r ON r.email = i.email
            WHERE r.connection_id = $connection AND r.reason = 'forgotten'
            UNION
            SELECT i.user_id, 'forgotten'
            FROM identifier i
            JOIN refusal r ON r.iterable_user_id = i.iterable_user_id
            WHERE r.connection_id = $connection AND r.reason = 'forgotten' AND $byUserId
            UNION ALL
            SELECT i.user_id, max_by(r.reason, r.refused_at)
            FROM identifier i
            JOIN refusal r ON r.connection_id = $connection AND r.sync_id = $sync AND r.reason <> 'forgotten' AND r.refused_at > $retryBefore AND r.refused_at <= $now
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
        UPDATE candidate SET reason = 'duplicate', subscriber = NULL{user_key}
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
        // Fixed texts put together, never anything from outside.
        var given = Given.Replace("{source}", rules.CanonicalIdAsUserId ? WithFallback : WithoutFallback, StringComparison.Ordinal);
        yield return Judged.Replace("{given}", given, StringComparison.Ordinal).Replace("{people}", "staged", StringComparison.Ordinal);
        yield return rules.ProjectType switch
        {
            ProjectType.Email => CandidateOfEmail,
            ProjectType.Hybrid => CandidateOfHybrid,
            _ => CandidateOfUserId,
        };
        yield return DropJudged;
        yield return DropStaged;
        yield return Identifier.Replace("{given}", given, StringComparison.Ordinal).Replace("{people}", "candidate", StringComparison.Ordinal);
    }

    /// <summary>Counts the refusals there are at all, so that a run without any skips <see cref="MarkRefused"/>.</summary>
    public const string CountRefusals = HasRefusals;

    /// <summary>Marks the refused; parameters connection, sync, list, retryBefore, now, byUserId.</summary>
    public static string MarkRefused(ProjectType projectType) => WithUserKey(Refused, projectType);

    /// <summary>The statements that mark duplicates.</summary>
    public static IEnumerable<string> MarkDuplicates(ProjectType projectType)
    {
        yield return WithUserKey(DuplicatesBySubscriber, projectType);
        if (projectType == ProjectType.Hybrid)
        {
            yield return DuplicatesByUserId;
        }
    }

    // Only hybrid projects have the second key: ten million empty ones would take 160 MB.
    private static string WithUserKey(string sql, ProjectType projectType) =>
        sql.Replace("{user_key}", projectType == ProjectType.Hybrid ? ", user_key = NULL" : "", StringComparison.Ordinal);
}
