using Muster.Control;

namespace Muster.Syncs.Planning;

/// <summary>The comparison of matched members with the ledger as DuckDB statements, over what matching left.</summary>
/// <remarks>
/// They leave the temporary table <c>change</c>: one row for each subscriber that is not simply unchanged. Parameters
/// of all: sync, list; of the receipts also run.
/// </remarks>
internal static class DuckDbPlanning
{
    // Most of a list stays as it is. People are taken in blocks of eight by their ids, with a fingerprint of who they are on
    // both sides: whoever stands on both alike cancels out, and only blocks with something left are compared in full. Ten
    // million on both sides with 1 % changed everywhere: 0.9-1.2 s, where one join of all takes 2.2 s.
    // The hash of several values differs by the same bits wherever the same one of them does, so that two such differences
    // in a block would cancel out: hence the hash of the hash.
    private const string Differing = """
        CREATE TEMP TABLE differing AS
        SELECT block
        FROM (
            SELECT user_id >> 3 AS block, hash(hash(user_id, subscriber, true)) AS fingerprint FROM candidate WHERE reason IS NULL
            UNION ALL
            SELECT coalesce(user_id >> 3, -1), hash(hash(user_id, subscriber, certain)) FROM ledger WHERE sync_id = $sync AND list_id = $list
        )
        GROUP BY block
        HAVING bit_xor(fingerprint) <> 0
        """;

    private const string DropDiffering = "DROP TABLE differing";

    /// <summary>The changes, none yet.</summary>
    public const string Change = """
        CREATE TEMP TABLE change (kind ENUM ('add', 'remove', 'owner', 'resend', 'replaced', 'forgotten'), user_id INTEGER, subscriber UHUGEINT)
        """;

    private const string FillChange = """
        INSERT INTO change
        SELECT CASE WHEN l.subscriber IS NULL OR (c.subscriber IS NOT NULL AND NOT l.certain) THEN 'add'
                    WHEN c.subscriber IS NULL THEN 'remove' ELSE 'owner' END,
               coalesce(c.user_id, l.user_id), coalesce(c.subscriber, l.subscriber)
        FROM (
            SELECT user_id, subscriber FROM candidate
            WHERE reason IS NULL AND user_id >> 3 IN (SELECT block FROM differing)
        ) c
        FULL OUTER JOIN (
            SELECT user_id, subscriber, certain FROM ledger
            WHERE sync_id = $sync AND list_id = $list AND coalesce(user_id >> 3, -1) IN (SELECT block FROM differing)
        ) l ON c.subscriber = l.subscriber
        WHERE c.subscriber IS NULL OR l.subscriber IS NULL OR NOT l.certain OR c.user_id IS DISTINCT FROM l.user_id
        """;

    // Hybrid projects, where adding a known user id under a new address renames the user: when the address stays but has
    // another user id now, or when an unfinished run left one user id under two addresses, nobody can say who is on the
    // list under which name. Sending the member again, after all other adds, settles it.
    private const string Resend = """
        INSERT INTO change
        SELECT 'resend', c.user_id, c.subscriber
        FROM candidate c
        JOIN ledger l ON l.sync_id = $sync AND l.list_id = $list AND l.subscriber = c.subscriber
        WHERE c.reason IS NULL AND l.certain
          AND (md5_number('u:' || l.iterable_user_id) <> c.user_key
               OR c.user_key IN (
                   SELECT md5_number('u:' || iterable_user_id) FROM ledger
                   WHERE sync_id = $sync AND list_id = $list AND iterable_user_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1))
          AND NOT EXISTS (
            SELECT 1 FROM refusal r JOIN identifier i ON i.user_id = c.user_id
            WHERE r.connection_id = $connection AND r.sync_id = $sync AND r.refused_at > $retryBefore AND r.refused_at <= $now
              AND r.email IS NOT DISTINCT FROM i.email AND r.iterable_user_id IS NOT DISTINCT FROM i.iterable_user_id)
        """;

    private const string ResendNotOwner = """
        DELETE FROM change WHERE kind = 'owner' AND subscriber IN (SELECT subscriber FROM change WHERE kind = 'resend')
        """;

    // Hybrid projects: the row leaves, but its user stays on the list under a better or lesser identifier. Removing the
    // old one would take that very user off, so the row is only replaced. Not so when the user was renamed: then the
    // old address is nobody's, or somebody else's who is no member. Nor when the address is on the list without the user
    // id and stays so: after an add whose answer was lost they are two users, and the one with the user id alone leaves.
    private const string Replaced = """
        UPDATE change SET kind = 'replaced'
        FROM (
            SELECT l.subscriber
            FROM ledger l
            JOIN candidate c ON c.reason IS NULL AND c.user_key = md5_number('u:' || l.iterable_user_id)
            WHERE l.sync_id = $sync AND l.list_id = $list
              AND (l.email IS NULL OR c.subscriber = c.user_key)
              AND NOT EXISTS (
                SELECT 1 FROM ledger k
                WHERE k.sync_id = $sync AND k.list_id = $list AND k.subscriber = c.subscriber AND k.subscriber <> l.subscriber
                  AND k.certain AND k.iterable_user_id IS DISTINCT FROM l.iterable_user_id
                  AND k.subscriber NOT IN (SELECT subscriber FROM change WHERE kind IN ('add', 'resend')))
        ) same
        WHERE change.kind = 'remove' AND change.subscriber = same.subscriber
        """;

    // Someone Iterable has forgotten is named in no call, not even to take them off.
    private const string Forgotten = """
        WITH leaving AS MATERIALIZED (
            SELECT l.subscriber, l.email, l.iterable_user_id
            FROM change c JOIN ledger l ON l.sync_id = $sync AND l.list_id = $list AND l.subscriber = c.subscriber
            WHERE c.kind = 'remove'
        )
        UPDATE change SET kind = 'forgotten'
        FROM (
            SELECT leaving.subscriber
            FROM leaving JOIN refusal r ON r.email = leaving.email
            WHERE r.connection_id = $connection AND r.reason = 'forgotten'
            UNION
            SELECT leaving.subscriber
            FROM leaving JOIN refusal r ON r.iterable_user_id = leaving.iterable_user_id
            WHERE r.connection_id = $connection AND r.reason = 'forgotten' AND $byUserId
        ) known
        WHERE change.kind = 'remove' AND change.subscriber = known.subscriber
        """;

    /// <summary>Members, matched, ledger size, then a row for each skip reason and each kind of change follow from these.</summary>
    public const string CountCandidates = "SELECT coalesce(reason::VARCHAR, ''), count(*) FROM candidate GROUP BY 1";

    /// <summary>Kinds of change with their numbers.</summary>
    public const string CountChanges = "SELECT kind::VARCHAR, count(*) FROM change GROUP BY 1";

    /// <summary>
    /// Hybrid projects: whether someone is added by user id alone while an address goes whose user id is not known. A list
    /// that is read shows the address of whoever has one, so the two may be one user, whom the remove would take off again.
    /// </summary>
    public const string MayBeOneUser = """
        SELECT EXISTS (
                   SELECT 1 FROM change JOIN candidate c USING (user_id)
                   WHERE change.kind IN ('add', 'resend') AND c.subscriber = c.user_key)
           AND EXISTS (
                   SELECT 1 FROM change JOIN ledger l ON l.sync_id = $sync AND l.list_id = $list AND l.subscriber = change.subscriber
                   WHERE change.kind = 'remove' AND l.email IS NOT NULL AND l.iterable_user_id IS NULL)
        """;

    /// <summary>Subscribers on the list before the run.</summary>
    public const string CountLedger = "SELECT count(*) FROM ledger WHERE sync_id = $sync AND list_id = $list";

    /// <summary>The statements that fill <c>change</c>.</summary>
    /// <param name="projectType">How the Iterable project identifies users.</param>
    /// <param name="refusals">Whether the connection has any refusals.</param>
    public static IEnumerable<string> Statements(ProjectType projectType, bool refusals)
    {
        yield return Differing;
        yield return Change;
        yield return FillChange;
        yield return DropDiffering;
        if (projectType == ProjectType.Hybrid)
        {
            yield return Resend;
            yield return ResendNotOwner;
            yield return Replaced;
        }

        if (refusals)
        {
            yield return Forgotten;
        }
    }

    /// <summary>Writes the adds; those sent again come last.</summary>
    public const string ReceiptsOfAdds = """
        INSERT INTO receipt
        SELECT $run, row_number() OVER (), 'add',
               CASE WHEN user_id_invalid THEN 'user_id_left_out' WHEN email_invalid THEN 'email_left_out' END,
               user_id, subscriber, email, iterable_user_id
        FROM (
            SELECT * FROM change JOIN identifier USING (user_id) WHERE kind = 'add'
            UNION ALL
            SELECT * FROM change JOIN identifier USING (user_id) WHERE kind = 'resend'
        )
        """;

    /// <summary>Writes the removes, under the identifiers they were added with. The replaced and the forgotten have no place in any batch.</summary>
    public const string ReceiptsOfRemoves = """
        INSERT INTO receipt
        SELECT $run, CASE WHEN c.kind = 'remove' THEN row_number() OVER (PARTITION BY c.kind) ELSE 0 END, 'remove',
               CASE WHEN c.kind <> 'remove' THEN c.kind END,
               l.user_id, l.subscriber, l.email, l.iterable_user_id
        FROM change c
        JOIN ledger l ON l.sync_id = $sync AND l.list_id = $list AND l.subscriber = c.subscriber
        WHERE c.kind IN ('remove', 'replaced', 'forgotten')
        """;

    /// <summary>Writes the members that a subscriber stays for, though another member stood for it before.</summary>
    public const string ReceiptsOfOwners = """
        INSERT INTO receipt
        SELECT $run, 0, 'no-op', CASE WHEN user_id_invalid THEN 'user_id_left_out' WHEN email_invalid THEN 'email_left_out' END,
               user_id, subscriber, email, iterable_user_id
        FROM change JOIN identifier USING (user_id)
        WHERE kind = 'owner'
        """;

    /// <summary>Writes the skipped.</summary>
    public const string ReceiptsOfSkipped = """
        INSERT INTO receipt
        SELECT $run, 0, 'none', reason, user_id, NULL, email, iterable_user_id
        FROM identifier
        WHERE reason IS NOT NULL
        """;

    /// <summary>A fingerprint of who is skipped and why: equal to an earlier run's, those receipts stand for this run too.</summary>
    public const string SkippedFingerprint = """
        SELECT coalesce(bit_xor(md5_number(user_id || ':' || reason || ':' || coalesce(email, '') || ':' || coalesce(iterable_user_id, ''))), 0)::VARCHAR
        FROM identifier
        WHERE reason IS NOT NULL
        """;

    /// <summary>The first adds and removes of a preview.</summary>
    public const string SampleOfAdds = """
        SELECT i.user_id, i.email, i.iterable_user_id FROM change JOIN identifier i USING (user_id) WHERE kind IN ('add', 'resend') LIMIT 20
        """;

    /// <inheritdoc cref="SampleOfAdds"/>
    public const string SampleOfRemoves = """
        SELECT l.user_id, l.email, l.iterable_user_id
        FROM change c JOIN ledger l ON l.sync_id = $sync AND l.list_id = $list AND l.subscriber = c.subscriber
        WHERE c.kind IN ('remove', 'replaced', 'forgotten') LIMIT 20
        """;
}
