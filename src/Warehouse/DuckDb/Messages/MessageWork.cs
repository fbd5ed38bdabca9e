using DuckDB.NET.Data;
using Muster.Warehouse.DuckDb.Forwarding;
using Muster.Warehouse.DuckDb.People;
using Muster.Warehouse.Events;
using Muster.Warehouse.Messages;

namespace Muster.Warehouse.DuckDb.Messages;

/// <summary>Finds whose the message events of a group are, and hands over those of strangers when their profile appears.</summary>
/// <remarks>
/// A person is found, in this order:
/// 1. by userId, as the <c>$iterable_user_id</c> of a profile;
/// 2. by userId, as a distinct id;
/// 3. by address, as the <c>$email</c> of a profile;
/// 4. by address, as a distinct id.
/// Events that name someone else are kept under the userId, or else the address. Handing over moves the rows to the
/// person instead of merging two ids: what made them one may be corrected later, a merge could not be.
/// </remarks>
internal sealed class MessageWork(IdentityMap identities, EventNames names, EventRows rows, ForwardRows forward)
{
    private const string Appeared = """
        SELECT p.user_id, p.project_id, p.email, p.iterable_user_id, i.distinct_id
        FROM profile p JOIN identity i ON i.user_id = p.user_id
        WHERE p.user_id IN (SELECT unnest($ids))
        """;

    private const string Move = """
        UPDATE event SET user_id = moved.person
        FROM (SELECT unnest($strangers) AS stranger, unnest($people) AS person) moved
        WHERE event.user_id = moved.stranger AND event.source = 'iterable' AND starts_with(event.insert_id, 'iterable-')
        """;

    private const string Nobodies = """
        SELECT unnest($ids) AS user_id
        EXCEPT SELECT user_id FROM event WHERE user_id IN (SELECT unnest($ids))
        EXCEPT SELECT user_id FROM profile WHERE user_id IN (SELECT unnest($ids))
        EXCEPT SELECT user_id FROM alias WHERE user_id IN (SELECT unnest($ids))
        EXCEPT SELECT canonical_id FROM alias WHERE canonical_id IN (SELECT unnest($ids))
        """;

    private const string RemoveIdentities = "DELETE FROM identity WHERE user_id IN (SELECT unnest($ids))";

    private const string Retire = "INSERT INTO retired_user_id SELECT unnest($ids)";

    private readonly ContactIndex _contacts = new();
    private readonly RecentMessages _recent = new();
    private readonly Strangers _strangers = new();

    /// <summary>Reads the strangers; what else is needed is read at the first message event.</summary>
    public void Load(DuckDBConnection connection) => _strangers.Load(connection);

    /// <summary>Stores the new message events of the group.</summary>
    public void Add(DuckDBConnection connection, IReadOnlyList<PeopleWrite.Messages> writes)
    {
        _strangers.Load(connection);
        if (writes.Count == 0)
        {
            return;
        }

        var isNew = new Dictionary<NewMessage, int>(ReferenceEqualityComparer.Instance);
        var all = writes.SelectMany(write => write.Items).Select(m => (m, names.FindOrAdd(m.ProjectId, m.Name)));
        foreach (var (message, eventId) in _recent.TakeNew(connection, all))
        {
            isNew.Add(message, eventId);
        }

        var people = _contacts.Find(connection, isNew.Keys.SelectMany(Contacts).ToHashSet());
        foreach (var write in writes)
        {
            (write.Stored, write.Unresolved) = (0, 0);
            foreach (var message in write.Items)
            {
                if (isNew.TryGetValue(message, out var eventId))
                {
                    var person = Find(message, people);
                    write.Stored++;
                    write.Unresolved += person is null ? 1 : 0;
                    var userId = person ?? Stranger(message);
                    rows.Add(Row(message), eventId, userId);
                    if (message.ForwardOver is { } connectionId)
                    {
                        forward.Add(connectionId, message, eventId, userId);
                    }
                }
            }
        }

        rows.Append(connection);
        forward.AppendAdded(connection);
        _strangers.AppendAdded(connection);
    }

    /// <summary>Looks whether strangers are among these profiles, and hands their events over.</summary>
    public void Recognise(DuckDBConnection connection, List<int> written)
    {
        if (written.Count == 0 || (_strangers.IsEmpty && !_contacts.IsLoaded))
        {
            return;
        }

        if (_strangers.IsEmpty)
        {
            _contacts.Note(ContactIndex.Read(connection, written));
            return;
        }

        var profiles = connection.Query(Appeared, reader => (Profile: ContactProfile.Read(reader), DistinctId: reader.GetString(4)), ("ids", written));
        _contacts.Note(profiles.Select(p => p.Profile));
        var recognised = new Dictionary<Stranger, int>();

        // The order in which a person is found: whoever is found first has them.
        foreach (var called in (IEnumerable<Func<(ContactProfile Profile, string DistinctId), Contact?>>)[
            p => p.Profile.IterableUserId is { } id ? new Contact(ContactKind.IterableUserId, p.Profile.ProjectId, id) : null,
            p => new Contact(ContactKind.IterableUserId, p.Profile.ProjectId, p.DistinctId),
            p => p.Profile.Email is { } email ? new Contact(ContactKind.Email, p.Profile.ProjectId, email) : null,
            p => ContactIndex.Normal(p.DistinctId) is { } id ? new Contact(ContactKind.Email, p.Profile.ProjectId, id) : null])
        {
            foreach (var profile in profiles.OrderBy(p => p.Profile.UserId))
            {
                if (called(profile) is { } contact)
                {
                    foreach (var stranger in _strangers.Called(contact))
                    {
                        recognised.TryAdd(stranger, profile.Profile.UserId);
                    }
                }
            }
        }

        if (recognised.Count > 0)
        {
            HandOver(connection, recognised);
        }
    }

    /// <summary>People were erased: what is known of whom is read again when it is needed.</summary>
    public void Forget()
    {
        _strangers.Forget();
        _contacts.Forget();
    }

    /// <summary>The group is stored.</summary>
    public void Committed()
    {
        _recent.Committed();
        _strangers.Committed();
        rows.Clear();
    }

    /// <summary>The group was not stored.</summary>
    public void RolledBack()
    {
        _recent.RolledBack();
        _strangers.RolledBack();
        _contacts.Forget();
        rows.Clear();
    }

    private static IEnumerable<Contact> Contacts(NewMessage message)
    {
        if (message.UserId is { } userId)
        {
            yield return new Contact(ContactKind.IterableUserId, message.ProjectId, userId);
        }

        if (message.Email is { } email)
        {
            yield return new Contact(ContactKind.Email, message.ProjectId, email);
        }
    }

    private static NewEvent Row(NewMessage message) => new()
    {
        ProjectId = message.ProjectId,
        Name = message.Name,
        DistinctId = "",
        Time = message.Time ?? message.ReceivedAt,
        InsertId = message.InsertId,
        Source = NewMessage.Source,
        Properties = message.Properties,
        ReceivedAt = message.ReceivedAt,
    };

    private int? Find(NewMessage message, Dictionary<Contact, int> people)
    {
        foreach (var contact in Contacts(message))
        {
            if (people.TryGetValue(contact, out var person))
            {
                return person;
            }

            if (identities.Find(IdentityMap.Key(contact.ProjectId, contact.Value)) is { } known && !_strangers.Contains(known))
            {
                return known;
            }
        }

        return null;
    }

    // 0: of nobody.
    private int Stranger(NewMessage message)
    {
        if ((message.UserId ?? message.Email) is not { } id)
        {
            return 0;
        }

        var userId = identities.FindOrAdd(IdentityMap.Key(message.ProjectId, id), message.ProjectId, id);
        foreach (var contact in Contacts(message))
        {
            _strangers.Add(new Stranger(userId, message.ProjectId, id), contact);
        }

        return userId;
    }

    private void HandOver(DuckDBConnection connection, Dictionary<Stranger, int> recognised)
    {
        var others = recognised.Where(r => r.Key.UserId != r.Value).ToList();
        if (others.Count > 0)
        {
            var (strangers, people) = (others.ConvertAll(r => r.Key.UserId), others.ConvertAll(r => r.Value));
            connection.Execute(Move, ("strangers", strangers), ("people", people));
            ForwardRows.HandOver(connection, strangers, people);
            var gone = connection.Query(Nobodies, reader => reader.GetInt32(0), ("ids", strangers));
            if (gone.Count > 0)
            {
                connection.Execute(RemoveIdentities, ("ids", gone));
                connection.Execute(Retire, ("ids", gone));
            }

            var retired = gone.ToHashSet();
            foreach (var (stranger, _) in others.Where(r => retired.Contains(r.Key.UserId)))
            {
                identities.Retire(IdentityMap.Key(stranger.ProjectId, stranger.DistinctId));
            }
        }

        _strangers.RemoveAll(connection, recognised.Keys.Select(s => s.UserId).ToList());
    }
}
