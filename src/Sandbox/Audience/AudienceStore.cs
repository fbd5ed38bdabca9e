using System.Diagnostics.CodeAnalysis;
using Muster.Sandbox.Journal;

namespace Muster.Sandbox.Audience;

/// <summary>
/// The users and lists of the sandbox's one Iterable project, and the small changes everything else is made of.
/// Each change is told to the journal, when there is one, so that a restart finds the same audience.
/// </summary>
/// <remarks>Hold <see cref="Gate"/> around every use; a call of 1,000 subscribers is one short critical section.</remarks>
internal sealed class AudienceStore(SandboxOptions options, TimeProvider timeProvider, JournalFile? journal)
{
    // Ids look like Iterable's: numbers of several digits that mean nothing.
    private const long FirstListId = 1_064_800;

    private readonly Dictionary<long, User> _users = [];
    private readonly SortedDictionary<long, UserList> _lists = [];
    private long _lastUserNumber;

    public Lock Gate { get; } = new();

    public SandboxOptions Options { get; private set; } = options;

    public IdentityIndex ByEmail { get; } = new();

    public IdentityIndex ByUserId { get; } = new();

    public HashSet<string> ForgottenEmails { get; } = new(StringComparer.Ordinal);

    public HashSet<string> ForgottenUserIds { get; } = new(StringComparer.Ordinal);

    /// <summary>Every profile field the project knows, with its type.</summary>
    public SortedDictionary<string, string> FieldTypes { get; } = new(StringComparer.Ordinal);

    public IReadOnlyCollection<User> Users => _users.Values;

    public IReadOnlyCollection<UserList> Lists => _lists.Values;

    /// <summary>The highest list id ever given: no list gets an id a second time, not even over a restart.</summary>
    public long LastListId { get; set; } = FirstListId;

    public DateTimeOffset Now => timeProvider.GetUtcNow();

    /// <summary>Writes what changed through to the journal: after this a killed process has lost nothing of it.</summary>
    public void Commit() => journal?.Flush(this);

    public void ChangeOptions(SandboxOptions changed) => Options = changed;

    /// <summary>The list, unless it does not exist or was made so recently that nobody knows it yet.</summary>
    public bool TryList(long id, [NotNullWhen(true)] out UserList? list) =>
        _lists.TryGetValue(id, out list) && IsKnown(list);

    public UserList? ListNumbered(long id) => _lists.GetValueOrDefault(id);

    public bool IsKnown(UserList list) => (Now - list.CreatedAt).TotalMilliseconds >= Options.NewListDelayMs;

    public UserList CreateList(string name, string? description) =>
        Restore(new UserList { Id = LastListId + 1, Name = name, Description = description, CreatedAt = Now });

    public UserList Restore(UserList list)
    {
        _lists[list.Id] = list;
        LastListId = Math.Max(LastListId, list.Id);
        journal?.List(list);
        return list;
    }

    public bool DeleteList(long id)
    {
        if (!_lists.Remove(id))
        {
            return false;
        }

        journal?.ListGone(id);
        return true;
    }

    public void MarkInUse(UserList list, bool inUse)
    {
        list.InUse = inUse;
        journal?.List(list);
    }

    public void Join(UserList list, User user, long atMs)
    {
        list.Changing(Now, TimeSpan.FromMilliseconds(Options.SizeLagMs));
        if (list.Members.TryAdd(user, atMs))
        {
            journal?.Joined(list.Id, user.Number, atMs);
        }
    }

    public bool Leave(UserList list, User user)
    {
        list.Changing(Now, TimeSpan.FromMilliseconds(Options.SizeLagMs));
        if (!list.Members.Remove(user))
        {
            return false;
        }

        journal?.Left(list.Id, user.Number);
        return true;
    }

    /// <summary>Makes a user and indexes it; <see cref="Save"/> makes it last.</summary>
    public User NewUser(string? email, string? userId)
    {
        var now = Now;
        return Index(new User { Number = _lastUserNumber + 1, CreatedAt = now, UpdatedAt = now, Email = email, UserId = userId });
    }

    public User Index(User user)
    {
        _lastUserNumber = Math.Max(_lastUserNumber, user.Number);
        _users[user.Number] = user;
        ByEmail.Add(user.Email, user);
        ByUserId.Add(user.UserId, user);
        return user;
    }

    public User? UserNumbered(long number) => _users.GetValueOrDefault(number);

    public void ChangeEmail(User user, string email)
    {
        ByEmail.Remove(user.Email, user);
        user.Email = email;
        ByEmail.Add(email, user);
    }

    public void ChangeUserId(User user, string userId)
    {
        ByUserId.Remove(user.UserId, user);
        user.UserId = userId;
        ByUserId.Add(userId, user);
    }

    public void Save(User user)
    {
        user.UpdatedAt = Now;
        journal?.User(user);
    }

    /// <summary>Takes the user off every list and out of the project.</summary>
    public void DeleteUser(User user)
    {
        foreach (var list in _lists.Values)
        {
            Leave(list, user);
        }

        ByEmail.Remove(user.Email, user);
        ByUserId.Remove(user.UserId, user);
        _users.Remove(user.Number);
        journal?.UserGone(user.Number);
    }

    public void Forget(bool isEmail, string identifier)
    {
        (isEmail ? ForgottenEmails : ForgottenUserIds).Add(identifier);
        journal?.Forgotten(isEmail, identifier);
    }

    public bool Unforget(bool isEmail, string identifier)
    {
        journal?.Unforgotten(isEmail, identifier);
        return (isEmail ? ForgottenEmails : ForgottenUserIds).Remove(identifier);
    }

    public void LearnField(string name, string type)
    {
        FieldTypes[name] = type;
        journal?.Field(name, type);
    }

    /// <summary>Empties the project. List ids are not used again, as at Iterable.</summary>
    public void Clear()
    {
        _users.Clear();
        _lists.Clear();
        ByEmail.Clear();
        ByUserId.Clear();
        ForgottenEmails.Clear();
        ForgottenUserIds.Clear();
        FieldTypes.Clear();
        journal?.Rewrite(this);
    }
}
