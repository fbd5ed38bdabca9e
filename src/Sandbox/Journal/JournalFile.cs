using System.Buffers;
using System.Text.Json;
using Muster.Sandbox.Audience;

namespace Muster.Sandbox.Journal;

/// <summary>
/// Keeps the audience in one append-only file of JSON lines: a call's changes are written before it is answered, so
/// a killed sandbox comes back with everything it acknowledged (a power cut may cost the last moment). The file is
/// rewritten whole, beside itself and then moved over, at start and when it has grown to several times its worth.
/// </summary>
internal sealed class JournalFile : IDisposable
{
    private const int GrowthBeforeRewrite = 16 * 1024 * 1024;

    private readonly string _path;
    private readonly ArrayBufferWriter<byte> _pending = new();
    private readonly Utf8JsonWriter _json;
    private FileStream? _file;
    private long _rewriteAt;

    private JournalFile(string path)
    {
        _path = path;
        _json = new Utf8JsonWriter(_pending);
    }

    /// <summary>Opens the file's audience, or an empty one when there is no file yet.</summary>
    /// <exception cref="InvalidDataException">The file is not a sandbox's, or is one of another project type.</exception>
    public static AudienceStore Open(SandboxOptions options, TimeProvider timeProvider, out JournalFile? file)
    {
        if (options.DataFile is not { } path)
        {
            file = null;
            return new AudienceStore(options, timeProvider, journal: null);
        }

        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var journal = new JournalFile(full);
        var store = new AudienceStore(options, timeProvider, journal);
        if (File.Exists(full))
        {
            JournalReplay.Into(store, full);
        }

        journal.Rewrite(store);
        file = journal;
        return store;
    }

    public void User(User user) => Line(json =>
    {
        json.WriteStringValue("user");
        json.WriteNumberValue(user.Number);
        json.WriteStringValue(user.Email);
        json.WriteStringValue(user.UserId);
        json.WriteNumberValue(user.CreatedAt.ToUnixTimeMilliseconds());
        json.WriteNumberValue(user.UpdatedAt.ToUnixTimeMilliseconds());
        json.WriteBooleanValue(user.ChannelUnsubscribed);
        if (user.Fields is { } fields)
        {
            fields.WriteTo(json);
        }
    });

    public void UserGone(long number) => Line(json =>
    {
        json.WriteStringValue("userGone");
        json.WriteNumberValue(number);
    });

    public void List(UserList list) => Line(json =>
    {
        json.WriteStringValue("list");
        json.WriteNumberValue(list.Id);
        json.WriteStringValue(list.Name);
        json.WriteStringValue(list.Description);
        json.WriteNumberValue(list.CreatedAt.ToUnixTimeMilliseconds());
        json.WriteBooleanValue(list.InUse);
    });

    public void ListGone(long listId) => Line(json =>
    {
        json.WriteStringValue("listGone");
        json.WriteNumberValue(listId);
    });

    public void Joined(long listId, long userNumber, long atMs) => Line(json =>
    {
        json.WriteStringValue("joined");
        json.WriteNumberValue(listId);
        json.WriteNumberValue(userNumber);
        json.WriteNumberValue(atMs);
    });

    public void Left(long listId, long userNumber) => Line(json =>
    {
        json.WriteStringValue("left");
        json.WriteNumberValue(listId);
        json.WriteNumberValue(userNumber);
    });

    public void Forgotten(bool isEmail, string identifier) => Identifier("forgotten", isEmail, identifier);

    public void Unforgotten(bool isEmail, string identifier) => Identifier("unforgotten", isEmail, identifier);

    public void Field(string name, string type) => Line(json =>
    {
        json.WriteStringValue("field");
        json.WriteStringValue(name);
        json.WriteStringValue(type);
    });

    public void Flush(AudienceStore store)
    {
        if (_file is null || _pending.WrittenCount == 0)
        {
            return;
        }

        _file.Write(_pending.WrittenSpan);
        _file.Flush(); // to the operating system, which outlives this process
        _pending.ResetWrittenCount();
        if (_file.Length > _rewriteAt)
        {
            Rewrite(store);
        }
    }

    public void Rewrite(AudienceStore store)
    {
        _pending.ResetWrittenCount();
        _file?.Dispose();
        var fresh = _path + ".new";
        var file = new FileStream(fresh, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1);
        WriteAll(store, file);
        file.Flush(flushToDisk: true);
        File.Move(fresh, _path, overwrite: true); // the open stream follows the file to its new name
        _file = file;
        _rewriteAt = (file.Length * 3) + GrowthBeforeRewrite;
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
        _json.Dispose();
    }

    private void WriteAll(AudienceStore store, FileStream file)
    {
        Line(json =>
        {
            json.WriteStringValue(JournalReplay.Head);
            json.WriteStringValue(store.Options.ProjectType.ToString());
        });
        Line(json =>
        {
            json.WriteStringValue("lastList");
            json.WriteNumberValue(store.LastListId);
        });
        foreach (var (name, type) in store.FieldTypes)
        {
            Field(name, type);
        }

        foreach (var identifier in store.ForgottenEmails)
        {
            Forgotten(isEmail: true, identifier);
        }

        foreach (var identifier in store.ForgottenUserIds)
        {
            Forgotten(isEmail: false, identifier);
        }

        foreach (var user in store.Users)
        {
            User(user);
            Spill();
        }

        foreach (var list in store.Lists)
        {
            List(list);
            foreach (var (user, atMs) in list.Members)
            {
                Joined(list.Id, user.Number, atMs);
                Spill();
            }
        }

        file.Write(_pending.WrittenSpan);
        _pending.ResetWrittenCount();

        void Spill()
        {
            if (_pending.WrittenCount > 64 * 1024)
            {
                file.Write(_pending.WrittenSpan);
                _pending.ResetWrittenCount();
            }
        }
    }

    private void Identifier(string kind, bool isEmail, string identifier) => Line(json =>
    {
        json.WriteStringValue(kind);
        json.WriteBooleanValue(isEmail);
        json.WriteStringValue(identifier);
    });

    private void Line(Action<Utf8JsonWriter> values)
    {
        _json.Reset();
        _json.WriteStartArray();
        values(_json);
        _json.WriteEndArray();
        _json.Flush();
        _pending.Write("\n"u8);
    }
}
