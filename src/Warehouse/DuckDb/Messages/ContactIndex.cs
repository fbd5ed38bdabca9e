using System.IO.Hashing;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;

namespace Muster.Warehouse.DuckDb.Messages;

/// <summary>What a profile is found by.</summary>
internal enum ContactKind
{
    IterableUserId,
    Email,
}

/// <summary>Something a profile may be found by.</summary>
internal readonly record struct Contact(ContactKind Kind, int ProjectId, string Value);

/// <summary>
/// The profile of every $iterable_user_id and address, in memory by a 64-bit hash (about 35 bytes each): without it each
/// group of message events would read both columns of all profiles.
/// </summary>
/// <remarks>
/// It is filled at the first message event, so that projects without any pay nothing. An entry names the first profile
/// that ever had the value, and may be out of date: what it says is looked up in the store before it is believed. Of
/// several profiles with one value the oldest counts.
/// </remarks>
internal sealed class ContactIndex
{
    private const string All = """
        SELECT user_id, project_id, email, iterable_user_id FROM profile
        WHERE email IS NOT NULL OR iterable_user_id IS NOT NULL
        """;

    private const string Some = """
        SELECT user_id, project_id, email, iterable_user_id FROM profile WHERE user_id IN (SELECT unnest($ids))
        """;

    private const string OldestByUserId = "SELECT min(user_id) FROM profile WHERE project_id = $project AND iterable_user_id = $value";

    private const string OldestByEmail = "SELECT min(user_id) FROM profile WHERE project_id = $project AND lower(trim(email)) = $value";

    private Dictionary<ulong, int>? _oldest;

    /// <summary>An address as it is compared; null when there is none.</summary>
    public static string? Normal(string? email) => email?.Trim().ToLowerInvariant() is { Length: > 0 } normal ? normal : null;

    /// <summary>The profile of each contact that has one.</summary>
    public Dictionary<Contact, int> Find(DuckDBConnection connection, IReadOnlyCollection<Contact> contacts)
    {
        var oldest = _oldest ??= Load(connection);
        var found = new Dictionary<Contact, int>();
        foreach (var contact in contacts)
        {
            if (oldest.TryGetValue(Hash(contact), out var userId))
            {
                found[contact] = userId;
            }
        }

        if (found.Count == 0)
        {
            return found;
        }

        var now = Read(connection, found.Values.Distinct().ToList()).ToDictionary(profile => profile.UserId);
        foreach (var (contact, userId) in found)
        {
            if (now.TryGetValue(userId, out var profile) && profile.Has(contact))
            {
                continue;
            }

            if (Search(connection, contact) is { } other)
            {
                found[contact] = oldest[Hash(contact)] = other;
            }
            else
            {
                found.Remove(contact);
                oldest.Remove(Hash(contact));
            }
        }

        return found;
    }

    /// <summary>These profiles were written.</summary>
    public void Note(IEnumerable<ContactProfile> profiles)
    {
        if (_oldest is not null)
        {
            foreach (var profile in profiles)
            {
                Note(_oldest, profile);
            }
        }
    }

    /// <summary>Whether anyone needs to know what was written.</summary>
    public bool IsLoaded => _oldest is not null;

    /// <summary>What it learned of a group that was not stored is wrong: it is read again when it is needed.</summary>
    public void Forget() => _oldest = null;

    /// <summary>What profiles are found by, of those that are there.</summary>
    public static List<ContactProfile> Read(DuckDBConnection connection, List<int> userIds) =>
        connection.Query(Some, ContactProfile.Read, ("ids", userIds));

    private static Dictionary<ulong, int> Load(DuckDBConnection connection)
    {
        var oldest = new Dictionary<ulong, int>();
        using var command = connection.Command(All);
        command.UseStreamingMode = true;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            Note(oldest, ContactProfile.Read(reader));
        }

        return oldest;
    }

    private static void Note(Dictionary<ulong, int> oldest, ContactProfile profile)
    {
        foreach (var contact in profile.Contacts())
        {
            ref var userId = ref CollectionsMarshal.GetValueRefOrAddDefault(oldest, Hash(contact), out var exists);
            userId = exists ? Math.Min(userId, profile.UserId) : profile.UserId;
        }
    }

    private static int? Search(DuckDBConnection connection, Contact contact)
    {
        var sql = contact.Kind == ContactKind.Email ? OldestByEmail : OldestByUserId;
        return connection.Query(
            sql, reader => reader.IsDBNull(0) ? (int?)null : reader.GetInt32(0), ("project", contact.ProjectId), ("value", contact.Value))[0];
    }

    private static ulong Hash(Contact contact) =>
        XxHash3.HashToUInt64(MemoryMarshal.AsBytes(contact.Value.AsSpan()), ((long)contact.ProjectId << 1) | (long)contact.Kind);
}

/// <summary>What one profile is found by.</summary>
internal readonly record struct ContactProfile(int UserId, int ProjectId, string? Email, string? IterableUserId)
{
    public static ContactProfile Read(DuckDBDataReader reader) => new(
        reader.GetInt32(0), reader.GetInt32(1), ContactIndex.Normal(reader.TextOrNull(2)),
        reader.TextOrNull(3) is { Length: > 0 } id ? id : null);

    public bool Has(Contact contact) =>
        contact.ProjectId == ProjectId && contact.Value == (contact.Kind == ContactKind.Email ? Email : IterableUserId);

    public IEnumerable<Contact> Contacts()
    {
        if (IterableUserId is not null)
        {
            yield return new Contact(ContactKind.IterableUserId, ProjectId, IterableUserId);
        }

        if (Email is not null)
        {
            yield return new Contact(ContactKind.Email, ProjectId, Email);
        }
    }
}
