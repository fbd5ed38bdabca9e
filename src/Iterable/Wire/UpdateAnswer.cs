using System.Text.Json;
using Muster.Control;
using Muster.Syncs.Delivery;

namespace Muster.Iterable.Wire;

/// <summary>Reads what became of each subscriber of a batch out of the answer to lists/subscribe or lists/unsubscribe.</summary>
/// <remarks>
/// Iterable answers 200 although subscribers failed, and names them. The names are trusted over the counts: fewer
/// failures counted than named are fine, and so are successes missing from the count (people it had nothing to do for).
/// More failures counted than named means that somebody failed and nobody knows who: then nothing is believed.
/// </remarks>
internal static class UpdateAnswer
{
    // Of a subscriber named twice the first of these counts: what must never be sent again before what may be tried
    // again, and "not found", which on removal is as good as success, last.
    private static readonly (string Name, bool IsEmail, string Reason)[] Classes =
    [
        ("forgottenEmails", true, RejectionReasons.Forgotten),
        ("forgottenUserIds", false, RejectionReasons.Forgotten),
        ("conflictEmails", true, RejectionReasons.Conflict),
        ("conflictUserIds", false, RejectionReasons.Conflict),
        ("invalidEmails", true, RejectionReasons.InvalidEmail),
        ("invalidUserIds", false, RejectionReasons.InvalidUserId),
        ("invalidDataEmails", true, RejectionReasons.InvalidData),
        ("invalidDataUserIds", false, RejectionReasons.InvalidData),
        ("notFoundEmails", true, RejectionReasons.NotFound),
        ("notFoundUserIds", false, RejectionReasons.NotFound),
    ];

    // The old names at the top level, which may repeat any failure: failedUpdates says more precisely why.
    private static readonly (string Name, bool IsEmail, string Reason)[] OldClasses =
    [
        ("invalidEmails", true, RejectionReasons.InvalidEmail),
        ("invalidUserIds", false, RejectionReasons.InvalidUserId),
    ];

    /// <exception cref="UnreadableAnswerException">The answer does not say what became of the batch.</exception>
    public static Acknowledgement Read(JsonElement answer, ListBatch batch, ProjectType projectType)
    {
        var succeeded = Count(answer, "successCount");
        var failed = Count(answer, "failCount");
        if (succeeded + failed > batch.Subscribers.Count)
        {
            throw new UnreadableAnswerException("counts more subscribers than were sent");
        }

        var rejections = new SortedDictionary<int, string>();
        var names = new Lazy<SentNames>(() => new SentNames(batch, projectType));
        if (answer.TryGetProperty("failedUpdates", out var failedUpdates) && failedUpdates.ValueKind != JsonValueKind.Null)
        {
            if (failedUpdates.ValueKind != JsonValueKind.Object)
            {
                throw new UnreadableAnswerException("has failedUpdates that are not an object");
            }

            Collect(failedUpdates, Classes, names, rejections);
        }

        Collect(answer, OldClasses, names, rejections);
        if (failed > rejections.Count)
        {
            throw new UnreadableAnswerException("counts failures without naming who failed");
        }

        return rejections.Count == 0
            ? new Acknowledgement([])
            : new Acknowledgement([.. rejections.Select(r => new Rejection(batch.Subscribers[r.Key].Ordinal, r.Value))]);
    }

    private static void Collect(
        JsonElement from, (string Name, bool IsEmail, string Reason)[] classes, Lazy<SentNames> names, SortedDictionary<int, string> rejections)
    {
        foreach (var (name, isEmail, reason) in classes)
        {
            foreach (var named in Names(from, name))
            {
                foreach (var position in names.Value.Find(named, isEmail))
                {
                    rejections.TryAdd(position, reason);
                }
            }
        }
    }

    private static IEnumerable<string> Names(JsonElement from, string name)
    {
        if (!from.TryGetProperty(name, out var array) || array.ValueKind == JsonValueKind.Null)
        {
            yield break;
        }

        if (array.ValueKind != JsonValueKind.Array)
        {
            throw new UnreadableAnswerException($"has {name} that are not an array");
        }

        foreach (var item in array.EnumerateArray())
        {
            switch (item.ValueKind)
            {
                case JsonValueKind.String:
                    yield return JsonText.Read(item);
                    break;
                case JsonValueKind.Null:
                    break;
                default:
                    throw new UnreadableAnswerException($"has {name} that are not texts");
            }
        }
    }

    private static long Count(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var count) && count is >= 0 and <= int.MaxValue
            ? count
            : throw new UnreadableAnswerException($"has no {name}");

    /// <summary>The positions in the batch by the identifiers that were sent; two rows may share one.</summary>
    private sealed class SentNames
    {
        private readonly Dictionary<string, List<int>> _emails = new(StringComparer.OrdinalIgnoreCase);
        private readonly Dictionary<string, List<int>> _userIds = new(StringComparer.Ordinal);

        public SentNames(ListBatch batch, ProjectType projectType)
        {
            for (var position = 0; position < batch.Subscribers.Count; position++)
            {
                var (email, userId) = SubscribersBody.Sent(batch.Subscribers[position], batch.Operation, projectType);
                Add(_emails, email, position);
                Add(_userIds, userId, position);
            }
        }

        public List<int> Find(string name, bool isEmail) =>
            (isEmail ? _emails.GetValueOrDefault(name.Trim()) : _userIds.GetValueOrDefault(name)) ?? [];

        private static void Add(Dictionary<string, List<int>> positions, string? name, int position)
        {
            if (name is null)
            {
                return;
            }

            if (positions.TryGetValue(name, out var known))
            {
                known.Add(position);
            }
            else
            {
                positions.Add(name, [position]);
            }
        }
    }
}
