namespace Muster.Warehouse.Identities;

/// <summary>Which user ids are one person, in memory, and what a group changes of it.</summary>
/// <remarks>
/// User ids are dense small integers, so that three arrays indexed by them hold everything: 9 bytes an id, in pages that
/// are made only where ids were merged. The ids of a person are linked in a ring. What a group changes is noted with its
/// former value, so that it can be undone.
/// </remarks>
internal sealed class Clusters
{
    private readonly PagedArray<int> _canonical = new();
    private readonly PagedArray<int> _next = new();
    private readonly PagedArray<IdentityUse> _uses = new();
    private readonly List<Former> _before = [];

    /// <summary>The project that the changes which follow belong to.</summary>
    public int ProjectId { get; set; }

    /// <summary>The ids that the group changed, each as it was before the group.</summary>
    public IEnumerable<Former> Changed => _before.DistinctBy(b => b.UserId);

    /// <summary>The canonical id of the person that an id belongs to.</summary>
    public int CanonicalOf(int userId) => _canonical[userId] is var canonical && canonical == 0 ? userId : canonical;

    /// <summary>Whether it was merged with another.</summary>
    public bool IsMerged(int userId) => _next[userId] != 0;

    /// <summary>How the id was used.</summary>
    public IdentityUse UsesOf(int userId) => _uses[userId];

    /// <summary>All ids of the person, this one first.</summary>
    public IEnumerable<int> MembersOf(int userId)
    {
        var member = userId;
        do
        {
            yield return member;
            member = _next[member];
        }
        while (member != 0 && member != userId);
    }

    /// <summary>Puts in what is stored: an id of another's person.</summary>
    public void LoadMember(int userId, int canonical)
    {
        _canonical[userId] = canonical;
        Link(userId, canonical);
    }

    /// <summary>Puts in what is stored: a use.</summary>
    public void LoadUse(int userId, IdentityUse use) => _uses[userId] |= use;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _canonical.Clear();
        _next.Clear();
        _uses.Clear();
        _before.Clear();
    }

    /// <summary>Notes a use.</summary>
    public void Use(int userId, IdentityUse use)
    {
        if (!_uses[userId].HasFlag(use))
        {
            Note(userId);
            _uses[userId] |= use;
        }
    }

    /// <summary>Makes an id the canonical one of its person.</summary>
    public void Promote(int userId)
    {
        foreach (var member in MembersOf(userId))
        {
            Note(member);
            _canonical[member] = member == userId ? 0 : userId;
        }
    }

    /// <summary>Makes two people one.</summary>
    /// <param name="canonical">The canonical id of the one, and of the person they become.</param>
    /// <param name="other">The canonical id of the other.</param>
    public void Join(int canonical, int other)
    {
        foreach (var member in MembersOf(other))
        {
            Note(member);
            _canonical[member] = canonical;
        }

        Note(canonical);
        Link(other, canonical);
    }

    /// <summary>Takes ids out, all of one person.</summary>
    public void Remove(IEnumerable<int> userIds)
    {
        foreach (var userId in userIds)
        {
            Note(userId);
            (_canonical[userId], _next[userId], _uses[userId]) = (0, 0, IdentityUse.None);
        }
    }

    /// <summary>The group is stored.</summary>
    public void Committed() => _before.Clear();

    /// <summary>The group was not stored: everything is as it was before.</summary>
    public void RolledBack()
    {
        for (var i = _before.Count - 1; i >= 0; i--)
        {
            var former = _before[i];
            (_canonical[former.UserId], _next[former.UserId], _uses[former.UserId]) = (former.Canonical, former.Next, former.Uses);
        }

        _before.Clear();
    }

    // Two rings become one when the successors of any two of their members are exchanged.
    private void Link(int a, int b)
    {
        var afterA = _next[a] == 0 ? a : _next[a];
        _next[a] = _next[b] == 0 ? b : _next[b];
        _next[b] = afterA;
    }

    private void Note(int userId) => _before.Add(new Former(userId, ProjectId, _canonical[userId], _next[userId], _uses[userId]));

    /// <summary>An id as it was; a canonical id or a next one of 0 is none.</summary>
    internal readonly record struct Former(int UserId, int ProjectId, int Canonical, int Next, IdentityUse Uses);
}
