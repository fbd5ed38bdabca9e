using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Muster.Control;
using Muster.Syncs.Delivery;

namespace Muster.Tests.Unit.Syncs;

/// <summary>What becomes of a call.</summary>
internal enum Fate
{
    Acknowledged,
    LostBefore,
    LostAfter,
    KilledBefore,
    KilledAfter,
    UnreadableAfter,
    RateLimited,
    Unauthorized,
}

/// <summary>An Iterable project in memory: users by address and user id, lists of users, and a script of what goes wrong.</summary>
internal sealed class FakeIterable(ProjectType projectType) : IListDestination, IListDestinations
{
    private readonly Dictionary<long, HashSet<User>> _lists = [];
    private readonly Dictionary<long, string> _names = [];
    private readonly List<User> _users = [];
    private readonly Lock _lock = new();
    private readonly HashSet<string> _acknowledged = [];
    private long _nextList = 100;

    /// <summary>What happens to the next calls, in order; an empty script acknowledges.</summary>
    public ConcurrentQueue<Fate> Script { get; } = new();

    /// <summary>Addresses and user ids that are refused, and why.</summary>
    public Dictionary<string, string> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>Batches whose acknowledgement the caller has on disk: (list, operation, first subscriber).</summary>
    public List<string> AcknowledgedBatches { get; } = [];

    public int Sends { get; private set; }

    /// <summary>Called when a call's fate is that the process dies during it.</summary>
    public Action Kill { get; set; } = () => { };

    /// <summary>Called at the beginning of each subscribe or unsubscribe call.</summary>
    public Action OnSend { get; set; } = () => { };

    public DeliveryTotals Totals => new(0, 0);

    public int CallsWanted => 8;

    /// <summary>Whether the connection's key cannot be read.</summary>
    public bool IsLocked { get; set; }

    /// <summary>When the process that calls dies.</summary>
    public Death Death { get; } = new();

    /// <summary>What stands between a run and this; null: nothing.</summary>
    public IListDestination? Wire { get; set; }

    public Task<IListDestination> OpenAsync(int connectionId, CancellationToken cancellationToken) => IsLocked
        ? throw new DestinationException("connection_key_unreadable", "locked") { IsTransient = false }
        : Task.FromResult(Mortal<IListDestination>.Of(Wire ?? this, Death));

    public TimeSpan Estimate(int calls) => TimeSpan.Zero;

    /// <summary>The lists there are.</summary>
    public IEnumerable<(long Id, string Name)> Lists => _lists.Keys.Select(id => (id, _names[id]));

    public Task<long?> FindListAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult(_names.Where(n => n.Value == name && _lists.ContainsKey(n.Key)).Select(n => (long?)n.Key).Min());

    /// <summary>How many looks at the lists do not show them yet.</summary>
    public int LooksInVain { get; set; }

    public Task<bool> HasListAsync(long listId, CancellationToken cancellationToken) =>
        Task.FromResult(LooksInVain-- <= 0 && _lists.ContainsKey(listId));

    public Task<long> CreateListAsync(string name, CancellationToken cancellationToken)
    {
        var id = _nextList++;
        (_lists[id], _names[id]) = ([], name);
        return Task.FromResult(id);
    }

    public Task DeleteListAsync(long listId, CancellationToken cancellationToken)
    {
        _lists.Remove(listId);
        return Task.CompletedTask;
    }

    public Task<long> CountAsync(long listId, CancellationToken cancellationToken)
    {
        SizesAsked++;
        return IsSilent
            ? throw new DestinationException("iterable_unavailable", "silent") { IsTransient = true }
            : Task.FromResult(ToldSize ?? _lists[listId].Count);
    }

    /// <summary>The size told, whatever the list's is; null: the real one.</summary>
    public long? ToldSize { get; set; }

    public int SizesAsked { get; private set; }

    public int Readings { get; private set; }

    /// <summary>Whether questions about a list's size get no answer.</summary>
    public bool IsSilent { get; set; }

    public async IAsyncEnumerable<string> ReadAsync(long listId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        Readings++;
        foreach (var user in _lists[listId].ToList())
        {
            yield return projectType == ProjectType.UserId ? user.UserId! : user.Email ?? user.UserId!;
        }
    }

    public async Task<Acknowledgement> SendAsync(ListBatch batch, CancellationToken cancellationToken)
    {
        OnSend();
        await Task.Yield();
        lock (_lock)
        {
            Sends++;
            var fate = Script.TryDequeue(out var planned) ? planned : Fate.Acknowledged;
            if (fate == Fate.Unauthorized)
            {
                throw new DestinationException("iterable_unauthorized", "The key was refused.") { IsTransient = false, HttpStatus = 401 };
            }

            if (!_lists.TryGetValue(batch.ListId, out var list))
            {
                throw new DestinationException("list_gone", "gone") { IsTransient = false, ListIsGone = true };
            }

            if (fate is Fate.RateLimited)
            {
                throw new DestinationException("iterable_rate_limited", "too many") { IsTransient = true, HttpStatus = 429 };
            }

            if (fate is Fate.LostBefore)
            {
                throw new DestinationException("iterable_unavailable", "lost") { IsTransient = true };
            }

            if (fate is Fate.KilledBefore)
            {
                Kill();
                throw new OperationCanceledException();
            }

            NoteSent(batch);
            var rejections = Apply(list, batch);
            if (fate is Fate.UnreadableAfter)
            {
                // HTML of a proxy, or an answer that was cut off: what it did, it did.
                throw new DestinationException("iterable_unreadable_answer", "HTML") { IsTransient = true, HttpStatus = 200 };
            }

            if (fate is Fate.LostAfter)
            {
                throw new DestinationException("iterable_unavailable", "lost") { IsTransient = true };
            }

            if (fate is Fate.KilledAfter)
            {
                Kill();
                throw new OperationCanceledException();
            }

            return new Acknowledgement(rejections);
        }
    }

    /// <summary>The caller has the acknowledgement of a batch on disk: from now on it is not to be sent again.</summary>
    public void Recorded(ListBatch batch, Acknowledgement acknowledgement)
    {
        lock (_lock)
        {
            AcknowledgedBatches.Add($"{batch.ListId} {batch.Operation} {batch.Subscribers[0].Email}/{batch.Subscribers[0].UserId} x{batch.Subscribers.Count}");
            if (batch.Operation == ListOperation.Add)
            {
                _acknowledged.UnionWith(batch.Subscribers
                    .Where(s => acknowledgement.Rejections.All(r => r.Ordinal != s.Ordinal)).Select(s => Key(batch, s)));
            }
        }
    }

    /// <summary>Acknowledged adds that were sent once more, though nothing had happened to them.</summary>
    public List<string> SentAgain { get; } = [];

    /// <summary>Someone puts strangers on the list and takes others off it, behind Muster's back.</summary>
    public void Tamper(int strangers, int victims)
    {
        lock (_lock)
        {
            foreach (var list in _lists.Values)
            {
                list.RemoveWhere(u => victims-- > 0);
                for (var i = 0; i < strangers; i++)
                {
                    list.Add(projectType == ProjectType.UserId ? FindOrAdd(null, $"stranger{i}") : FindOrAdd($"stranger{i}@x.io", null));
                }
            }

            _acknowledged.Clear();
        }
    }

    private void NoteSent(ListBatch batch)
    {
        foreach (var subscriber in batch.Subscribers)
        {
            var key = Key(batch, subscriber);
            if (batch.Operation == ListOperation.Remove)
            {
                _acknowledged.Remove(key);
            }
            else if (_acknowledged.Contains(key))
            {
                SentAgain.Add(key);
            }
        }
    }

    private static string Key(ListBatch batch, Subscriber subscriber) => $"{batch.ListId} {subscriber.Email ?? subscriber.UserId}";

    /// <summary>Who is on the list of this name.</summary>
    public List<(string? Email, string? UserId)> OnList(string name)
    {
        var id = _names.Single(n => n.Value == name && _lists.ContainsKey(n.Key)).Key;
        return [.. _lists[id].Select(u => (u.Email, u.UserId))];
    }

    public void DeleteLists()
    {
        _lists.Clear();
        _acknowledged.Clear();
    }

    /// <summary>Everything is gone, and lists are numbered from the start again.</summary>
    public void Empty()
    {
        _lists.Clear();
        _names.Clear();
        _users.Clear();
        _nextList = 100;
    }

    public long MakeList(string name, params string[] emails)
    {
        var id = CreateListAsync(name, default).Result;
        foreach (var email in emails)
        {
            _lists[id].Add(FindOrAdd(email, null));
        }

        return id;
    }

    private List<Rejection> Apply(HashSet<User> list, ListBatch batch)
    {
        var rejections = new List<Rejection>();
        foreach (var subscriber in batch.Subscribers)
        {
            var reason = (subscriber.Email is { } e ? Refused.GetValueOrDefault(e) : null) ?? (subscriber.UserId is { } u ? Refused.GetValueOrDefault(u) : null);
            if (reason is not null)
            {
                rejections.Add(new Rejection(subscriber.Ordinal, reason));
            }
            else if (batch.Operation == ListOperation.Add)
            {
                list.Add(FindOrAdd(subscriber.Email, subscriber.UserId));
            }
            else if (Find(subscriber.Email, subscriber.Email is null || projectType == ProjectType.UserId ? subscriber.UserId : null) is { } user && list.Remove(user))
            {
                // Taken off.
            }
            else
            {
                rejections.Add(new Rejection(subscriber.Ordinal, RejectionReasons.NotFound));
            }
        }

        return rejections;
    }

    private User? Find(string? email, string? userId) => projectType switch
    {
        ProjectType.Email => _users.Find(u => u.Email == email),
        ProjectType.UserId => _users.Find(u => u.UserId == userId),
        _ => _users.Find(u => userId is not null && u.UserId == userId) ?? _users.Find(u => email is not null && u.Email == email),
    };

    private User FindOrAdd(string? email, string? userId)
    {
        var user = Find(email, userId);
        if (user is null)
        {
            user = new User();
            _users.Add(user);
        }

        // A hybrid user added under a new address is renamed.
        user.Email = projectType == ProjectType.UserId ? null : email ?? user.Email;
        user.UserId = userId ?? user.UserId;
        return user;
    }

    private sealed class User
    {
        public string? Email { get; set; }

        public string? UserId { get; set; }
    }
}
