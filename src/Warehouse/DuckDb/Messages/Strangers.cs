using DuckDB.NET.Data;

namespace Muster.Warehouse.DuckDb.Messages;

/// <summary>A user of Iterable whom nobody here is known to be.</summary>
/// <param name="UserId">The identity that keeps the events.</param>
/// <param name="ProjectId">The project.</param>
/// <param name="DistinctId">The id of that identity: the userId, or else the address.</param>
internal sealed record Stranger(int UserId, int ProjectId, string DistinctId);

/// <summary>The strangers, in memory by everything they are called by, and their rows.</summary>
internal sealed class Strangers
{
    private const string All = """
        SELECT u.user_id, u.project_id, i.distinct_id, u.kind, u.identifier
        FROM unresolved u JOIN identity i ON i.user_id = u.user_id
        """;

    private const string Remove = "DELETE FROM unresolved WHERE user_id IN (SELECT unnest($ids))";

    private readonly Dictionary<int, Stranger> _byId = [];
    private readonly Dictionary<Contact, HashSet<int>> _byContact = [];
    private readonly Dictionary<int, List<Contact>> _contacts = [];
    private readonly List<(Stranger Stranger, Contact Contact)> _added = [];
    private bool _loaded;

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _byId.Count == 0;

    /// <summary>Whether this identity is one.</summary>
    public bool Contains(int userId) => _byId.ContainsKey(userId);

    /// <summary>Reads them from the store, if that has not been done.</summary>
    public void Load(DuckDBConnection connection)
    {
        if (_loaded)
        {
            return;
        }

        _byId.Clear();
        _byContact.Clear();
        _contacts.Clear();
        foreach (var (stranger, contact) in connection.Query(All, reader => (
            new Stranger(reader.GetInt32(0), reader.GetInt32(1), reader.GetString(2)),
            new Contact(reader.GetString(3) == "email" ? ContactKind.Email : ContactKind.IterableUserId, reader.GetInt32(1), reader.GetString(4)))))
        {
            Put(stranger, contact);
        }

        _loaded = true;
    }

    /// <summary>Notes what a stranger is called by.</summary>
    public void Add(Stranger stranger, Contact contact)
    {
        if (Put(stranger, contact))
        {
            _added.Add((stranger, contact));
        }
    }

    /// <summary>Who is called so.</summary>
    public IReadOnlyList<Stranger> Called(Contact contact) =>
        _byContact.TryGetValue(contact, out var ids) ? ids.Select(id => _byId[id]).ToList() : [];

    /// <summary>Writes the rows of what the group added.</summary>
    public void AppendAdded(DuckDBConnection connection)
    {
        if (_added.Count == 0)
        {
            return;
        }

        using var appender = connection.CreateAppender("unresolved");
        foreach (var (stranger, contact) in _added)
        {
            appender.CreateRow().AppendValue(stranger.ProjectId).AppendValue(stranger.UserId)
                .AppendValue(contact.Kind == ContactKind.Email ? "email" : "user_id").AppendValue(contact.Value).EndRow();
        }
    }

    /// <summary>They are strangers no more.</summary>
    public void RemoveAll(DuckDBConnection connection, IReadOnlyCollection<int> userIds)
    {
        connection.Execute(Remove, ("ids", userIds.ToList()));
        foreach (var id in userIds)
        {
            _byId.Remove(id);
            if (_contacts.Remove(id, out var contacts))
            {
                contacts.ForEach(contact => Leave(contact, id));
            }
        }
    }

    /// <summary>The group is stored.</summary>
    public void Committed() => _added.Clear();

    /// <summary>The group was not stored: they are read again.</summary>
    public void RolledBack()
    {
        _added.Clear();
        Forget();
    }

    /// <summary>They are read again when they are needed.</summary>
    public void Forget() => _loaded = false;

    private bool Put(Stranger stranger, Contact contact)
    {
        _byId.TryAdd(stranger.UserId, stranger);
        if (!_byContact.TryGetValue(contact, out var ids))
        {
            _byContact.Add(contact, ids = []);
        }

        if (!ids.Add(stranger.UserId))
        {
            return false;
        }

        if (!_contacts.TryGetValue(stranger.UserId, out var contacts))
        {
            _contacts.Add(stranger.UserId, contacts = []);
        }

        contacts.Add(contact);
        return true;
    }

    private void Leave(Contact contact, int userId)
    {
        if (_byContact.TryGetValue(contact, out var ids) && ids.Remove(userId) && ids.Count == 0)
        {
            _byContact.Remove(contact);
        }
    }
}
