using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Sandbox.Audience;

namespace Muster.Sandbox.Journal;

/// <summary>Reads a journal back. Its lines are facts in order, so replaying them gives the audience they came from.</summary>
internal static class JournalReplay
{
    public const string Head = "muster-iterable-sandbox-1";

    public static void Into(AudienceStore store, string path)
    {
        using var reader = new StreamReader(path);
        if (reader.ReadLine() is not { } head)
        {
            return; // empty: killed before the first line of the first start
        }

        CheckHead(store, path, head);
        while (reader.ReadLine() is { } line)
        {
            JsonDocument document;
            try
            {
                document = JsonDocument.Parse(line);
            }
            catch (JsonException) when (reader.EndOfStream)
            {
                return; // a kill tore the last line; its call was never answered
            }
            catch (JsonException exception)
            {
                throw new InvalidDataException($"DataFile: '{path}' is damaged in the middle; move it away to start empty.", exception);
            }

            using (document)
            {
                Apply(store, document.RootElement);
            }
        }
    }

    private static void CheckHead(AudienceStore store, string path, string head)
    {
        var expected = JsonSerializer.Serialize([Head, store.Options.ProjectType.ToString()], JournalJson.Default.StringArray);
        if (head != expected)
        {
            throw new InvalidDataException(
                $"DataFile: '{path}' is not the state of a sandbox with project type {store.Options.ProjectType}; " +
                "a project type is fixed for life, so use another file.");
        }
    }

    // The store journals what it is told here too; that goes nowhere, because the file is rewritten after the replay.
    private static void Apply(AudienceStore store, JsonElement line)
    {
        switch (line[0].GetString())
        {
            case "user":
                ApplyUser(store, line);
                break;
            case "userGone" when store.UserNumbered(line[1].GetInt64()) is { } gone:
                store.DeleteUser(gone);
                break;
            case "list":
                ApplyList(store, line);
                break;
            case "listGone":
                store.DeleteList(line[1].GetInt64());
                break;
            case "joined" when Membership(store, line) is var (list, user):
                list.Members[user] = line[3].GetInt64();
                break;
            case "left" when Membership(store, line) is var (list, user):
                list.Members.Remove(user);
                break;
            case "forgotten":
                store.Forget(line[1].GetBoolean(), line[2].GetString()!);
                break;
            case "unforgotten":
                store.Unforget(line[1].GetBoolean(), line[2].GetString()!);
                break;
            case "lastList":
                store.LastListId = line[1].GetInt64();
                break;
            case "field":
                store.FieldTypes[line[1].GetString()!] = line[2].GetString()!;
                break;
        }
    }

    private static void ApplyUser(AudienceStore store, JsonElement line)
    {
        var number = line[1].GetInt64();
        var user = store.UserNumbered(number) ?? store.Index(new User
        {
            Number = number,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(line[4].GetInt64()),
            Email = line[2].GetString(),
            UserId = line[3].GetString(),
        });
        if (line[2].GetString() is { } email && email != user.Email)
        {
            store.ChangeEmail(user, email);
        }

        if (line[3].GetString() is { } userId && userId != user.UserId)
        {
            store.ChangeUserId(user, userId);
        }

        user.UpdatedAt = DateTimeOffset.FromUnixTimeMilliseconds(line[5].GetInt64());
        user.ChannelUnsubscribed = line[6].GetBoolean();
        user.Fields = line.GetArrayLength() > 7 ? JsonObject.Create(line[7].Clone()) : null;
    }

    private static void ApplyList(AudienceStore store, JsonElement line)
    {
        var id = line[1].GetInt64();
        var known = store.ListNumbered(id) ?? store.Restore(new UserList
        {
            Id = id,
            Name = line[2].GetString()!,
            Description = line[3].GetString(),
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(line[4].GetInt64()),
        });
        known.InUse = line[5].GetBoolean();
    }

    private static (UserList List, User User)? Membership(AudienceStore store, JsonElement line)
    {
        var id = line[1].GetInt64();
        return store.ListNumbered(id) is { } list && store.UserNumbered(line[2].GetInt64()) is { } user
            ? (list, user)
            : null;
    }
}
