using System.Text.Json;

namespace Muster.Iterable.Wire;

/// <summary>One list of GET /api/lists.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="CreatedAt">When it was made, in milliseconds since 1970.</param>
/// <param name="IsStandard">Whether people can be put on it; segments and suppression lists are made of something else.</param>
internal sealed record ListDetails(long Id, string Name, long CreatedAt, bool IsStandard);

/// <summary>Reads the answers about lists themselves.</summary>
internal static class ListsAnswer
{
    /// <summary>GET /api/lists</summary>
    /// <exception cref="UnreadableAnswerException">It is not what Iterable answers.</exception>
    public static IReadOnlyList<ListDetails> Read(JsonElement answer)
    {
        if (!answer.TryGetProperty("lists", out var lists) || lists.ValueKind != JsonValueKind.Array)
        {
            throw new UnreadableAnswerException("has no lists");
        }

        return [.. lists.EnumerateArray().Select(ReadOne)];
    }

    /// <summary>POST /api/lists</summary>
    /// <exception cref="UnreadableAnswerException">It is not what Iterable answers.</exception>
    public static long ReadListId(JsonElement answer) =>
        Number(answer, "listId") ?? throw new UnreadableAnswerException("has no listId");

    /// <summary>The oldest list of a name that people can be put on.</summary>
    public static long? OldestStandard(this IEnumerable<ListDetails> lists, string name) => lists
        .Where(list => list.IsStandard && list.Name == name)
        .OrderBy(list => list.CreatedAt).ThenBy(list => list.Id)
        .Select(list => (long?)list.Id).FirstOrDefault();

    private static ListDetails ReadOne(JsonElement list) =>
        list.ValueKind == JsonValueKind.Object && Number(list, "id") is { } id && JsonText.Read(list, "name") is { } name
            ? new ListDetails(id, name, Number(list, "createdAt") ?? 0, JsonText.Read(list, "listType") is null or "Standard")
            : throw new UnreadableAnswerException("has a list without id or name");

    private static long? Number(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
}
