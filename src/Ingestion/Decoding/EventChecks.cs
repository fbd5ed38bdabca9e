using System.Buffers;
using System.Collections.Frozen;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Muster.Control;

namespace Muster.Ingestion.Decoding;

/// <summary>The rules that an event must keep. The first fault in the order event, time, distinct_id, $insert_id, sizes is the one reported.</summary>
internal static class EventChecks
{
    private static readonly DateTime Earliest = new(1971, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan Tolerance = TimeSpan.FromHours(1);
    private static readonly TimeSpan TrackAge = TimeSpan.FromDays(5);

    private static readonly SearchValues<char> InsertIdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");

    // Placeholders that broken clients send for everybody: as an id they would make one person of all.
    private static readonly FrozenSet<string> Placeholders = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "00000000-0000-0000-0000-000000000000", "anon", "anonymous", "nil", "none", "null", "n/a", "na", "undefined",
        "unknown", "<nil>", "0", "-1", "true", "false", "[]", "{}");

    private static readonly FrozenSet<string> IdentityEvents = FrozenSet.Create(StringComparer.Ordinal, "$identify", "$create_alias", "$merge");

    /// <summary>Checks an event and settles its time, person and insert id; null when nothing is wrong.</summary>
    public static RecordFault? Find(ref EventFacts facts, EventRules rules)
    {
        if (facts.NameFault is not null)
        {
            return facts.NameFault;
        }

        if (string.IsNullOrWhiteSpace(facts.Name))
        {
            return new RecordFault("event", "'event' must not be missing or blank");
        }

        // The documented forms of these events have no time, distinct id or insert id.
        var exempt = IdentityEvents.Contains(facts.Name);
        return Time(ref facts, rules, exempt) ?? Person(ref facts, rules, exempt) ?? InsertId(ref facts, rules, exempt) ?? facts.OtherFault
            ?? (facts.HasProperties ? null : new RecordFault("properties", "'properties' must not be missing"));
    }

    private static RecordFault? Time(ref EventFacts facts, EventRules rules, bool exempt)
    {
        if (facts.Time is not { } milliseconds)
        {
            facts.When = rules.Now;
            return facts.HasTime || (rules.Import && !exempt)
                ? new RecordFault("properties.time", "'properties.time' is invalid: must be specified as seconds since epoch")
                : null;
        }

        facts.When = EventTime.ToDateTime(milliseconds);
        if (rules.Import && facts.When > rules.Now + Tolerance)
        {
            return new RecordFault("properties.time", "'properties.time' is invalid: must not be more than 1 hour in the future");
        }

        if (rules.Import && facts.When < Earliest)
        {
            return new RecordFault("properties.time", "'properties.time' is invalid: must not be before 1971-01-01");
        }

        facts.When = facts.When > rules.Now ? rules.Now : facts.When;
        facts.TooOld = !rules.Import && facts.When < rules.Now - TrackAge;
        return null;
    }

    private static RecordFault? Person(ref EventFacts facts, EventRules rules, bool exempt)
    {
        const string Field = "properties.distinct_id";
        if (facts.DistinctId.Fault is { } fault)
        {
            return new RecordFault(Field, $"'properties.distinct_id' is invalid: {fault}");
        }

        var sent = facts.DistinctId.Text ?? facts.UserId ?? (facts.DeviceId is null ? null : $"$device:{facts.DeviceId}");
        if (sent is null && rules.Strict && !exempt)
        {
            return new RecordFault(Field, "'properties.distinct_id' must not be missing; send \"\" for an event of nobody");
        }

        if (facts.UserId is { } user && rules is { Import: true, IdMerge: IdMerge.Simplified } && Placeholders.Contains(user))
        {
            return new RecordFault("properties.$user_id", $"'properties.$user_id' is invalid: '{user}' is not accepted as an id");
        }

        if (facts.DistinctIds is null && rules is { Import: true, IdMerge: IdMerge.Original } && facts.Name == "$merge")
        {
            return new RecordFault("properties.$distinct_ids", "'properties.$distinct_ids' is invalid: must be exactly 2 strings");
        }

        if (sent is not null && rules.Import && Placeholders.Contains(sent))
        {
            return new RecordFault(Field, $"'properties.distinct_id' is invalid: '{sent}' is not accepted as an id; send \"\" for an event of nobody");
        }

        return null;
    }

    private static RecordFault? InsertId(ref EventFacts facts, EventRules rules, bool exempt)
    {
        const string Field = "properties.$insert_id";
        var sent = facts.InsertId.Text;
        if (string.IsNullOrEmpty(sent) && facts.InsertId.Fault is null)
        {
            return rules.Strict && !exempt ? new RecordFault(Field, "'properties.$insert_id' must not be missing or blank") : null;
        }

        var proper = sent is not null && sent.Length <= Limits.InsertIdCharacters && !sent.AsSpan().ContainsAnyExcept(InsertIdCharacters);
        if (proper && !(rules.Import && Placeholders.Contains(sent!)))
        {
            facts.Key = sent;
            return null;
        }

        if (rules.Strict)
        {
            return new RecordFault(Field, proper
                ? $"'properties.$insert_id' is invalid: '{sent}' is not accepted as an id"
                : $"'properties.$insert_id' is invalid: must be at most {Limits.InsertIdCharacters} characters of A-Z a-z 0-9 -");
        }

        // Its event is kept and still recognised when it comes again, unless the id is one that everybody sends.
        facts.Key = sent is null || proper ? null : Convert.ToHexStringLower(XxHash128.Hash(MemoryMarshal.AsBytes(sent.AsSpan())));
        return null;
    }
}
