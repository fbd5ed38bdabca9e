using DuckDB.NET.Data;
using Muster.Warehouse.Events;
using Muster.Warehouse.Identities;

namespace Muster.Warehouse.DuckDb.People;

/// <summary>Who is one person: kept in memory, changed by the claims of a group, and written as the rows that changed.</summary>
internal sealed class ClusterRows
{
    private const string AllMembers = "SELECT user_id, canonical_id FROM alias";
    private const string AllUses = "SELECT user_id, used_as FROM identity_use";
    private const string RemoveMembers = "DELETE FROM alias WHERE user_id IN (SELECT unnest($ids))";
    private const string RemoveUses = "DELETE FROM identity_use WHERE user_id IN (SELECT unnest($ids))";

    private const string NoteRefused = """
        INSERT INTO refused_merge (project_id, kind, first_id, second_id, reason, refused_at)
        SELECT n.project_id, n.kind, n.first_id, n.second_id, n.reason, n.refused_at
        FROM (SELECT unnest($projects) AS project_id, unnest($kinds) AS kind, unnest($firsts) AS first_id, unnest($seconds) AS second_id,
                     unnest($reasons) AS reason, unnest($times) AS refused_at) n
        ANTI JOIN refused_merge r
          ON r.project_id = n.project_id AND r.kind = n.kind AND r.first_id = n.first_id AND r.second_id = n.second_id AND r.reason = n.reason
        """;

    private readonly Clusters _clusters = new();
    private readonly MergeRules _rules;
    private readonly Dictionary<(int ProjectId, IdentityClaim Claim, string Reason), DateTime> _refused = [];
    private readonly List<PersonMerge> _merged = [];
    private readonly HashSet<int> _receivers = [];
    private int _projectId;

    public ClusterRows(IdentityMap identities) => _rules = new MergeRules(
        _clusters,
        id => identities.Find(IdentityMap.Key(_projectId, id)),
        id => identities.FindOrAdd(IdentityMap.Key(_projectId, id), _projectId, id),
        (from, to) =>
        {
            // An id that this group gave has no profile that could go along, unless another's came to it.
            if (!identities.IsNew(from) || _receivers.Contains(from))
            {
                _merged.Add(new PersonMerge(_projectId, from, to, CarriesProfile));
                _receivers.Add(to);
            }
        });

    /// <summary>The people who became others' in this group, in order, as far as they may have a profile.</summary>
    public IReadOnlyList<PersonMerge> Merged => _merged;

    // In simplified projects what was known of the device alone is not the user's.
    private bool CarriesProfile { get; set; }

    /// <summary>Reads them from the store.</summary>
    public void Load(DuckDBConnection connection)
    {
        _clusters.Clear();
        Read(connection, AllMembers, reader => _clusters.LoadMember(reader.GetInt32(0), reader.GetInt32(1)));
        Read(connection, AllUses, reader => _clusters.LoadUse(
            reader.GetInt32(0), reader.GetString(1) == "alias" ? IdentityUse.Alias : IdentityUse.Identified));
    }

    /// <summary>Applies what an event claims; gives the reason when it is refused.</summary>
    public string? Apply(NewEvent item, IdentityClaim claim)
    {
        (_projectId, _clusters.ProjectId) = (item.ProjectId, item.ProjectId);
        CarriesProfile = claim is not IdentityClaim.Device;
        var reason = _rules.Apply(claim);
        if (reason is not null)
        {
            _refused.TryAdd((item.ProjectId, claim, reason), item.ReceivedAt);
        }

        return reason;
    }

    /// <inheritdoc cref="Clusters.CanonicalOf"/>
    public int CanonicalOf(int userId) => _clusters.CanonicalOf(userId);

    /// <inheritdoc cref="Clusters.IsMerged"/>
    public bool IsMerged(int userId) => _clusters.IsMerged(userId);

    /// <inheritdoc cref="Clusters.MembersOf"/>
    public IEnumerable<int> MembersOf(int userId) => _clusters.MembersOf(userId);

    /// <summary>The ids stand for nobody any more.</summary>
    public void Remove(IEnumerable<int> userIds) => _clusters.Remove(userIds);

    /// <summary>Writes what the group changed.</summary>
    public void Write(DuckDBConnection connection)
    {
        var changed = _clusters.Changed.ToList();
        if (changed.Count > 0)
        {
            RowsOf.Execute(connection, RemoveMembers, [.. changed.Where(c => c.Canonical != 0).Select(c => c.UserId)]);
            RowsOf.Execute(connection, RemoveUses, [.. changed.Where(c => c.Uses != IdentityUse.None).Select(c => c.UserId)]);
            AppendMembers(connection, changed);
            AppendUses(connection, changed);
        }

        NoteRefusals(connection);
    }

    /// <summary>The group is stored.</summary>
    public void Committed()
    {
        _clusters.Committed();
        Clear();
    }

    /// <summary>The group was not stored: none of its claims was made.</summary>
    public void RolledBack()
    {
        _clusters.RolledBack();
        Clear();
    }

    private static void Read(DuckDBConnection connection, string sql, Action<DuckDBDataReader> row)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.UseStreamingMode = true;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            row(reader);
        }
    }

    private void AppendMembers(DuckDBConnection connection, List<Clusters.Former> changed)
    {
        using var members = connection.CreateAppender("alias");
        foreach (var former in changed)
        {
            var canonical = _clusters.CanonicalOf(former.UserId);
            if (canonical != former.UserId)
            {
                members.CreateRow().AppendValue(former.UserId).AppendValue(former.ProjectId).AppendValue(canonical).EndRow();
            }
        }
    }

    private void AppendUses(DuckDBConnection connection, List<Clusters.Former> changed)
    {
        using var uses = connection.CreateAppender("identity_use");
        foreach (var former in changed)
        {
            var now = _clusters.UsesOf(former.UserId);
            foreach (var (use, name) in new[] { (IdentityUse.Identified, "identified"), (IdentityUse.Alias, "alias") })
            {
                if (now.HasFlag(use))
                {
                    uses.CreateRow().AppendValue(former.UserId).AppendValue(former.ProjectId).AppendValue(name).EndRow();
                }
            }
        }
    }

    private void NoteRefusals(DuckDBConnection connection)
    {
        if (_refused.Count == 0)
        {
            return;
        }

        var parts = _refused.Keys.Select(r => r.Claim.Parts).ToList();
        connection.Execute(
            NoteRefused,
            ("projects", _refused.Keys.Select(r => r.ProjectId).ToList()),
            ("kinds", parts.ConvertAll(p => p.Kind)), ("firsts", parts.ConvertAll(p => p.FirstId)), ("seconds", parts.ConvertAll(p => p.SecondId)),
            ("reasons", _refused.Keys.Select(r => r.Reason).ToList()), ("times", _refused.Values.ToList()));
    }

    private void Clear()
    {
        _refused.Clear();
        _merged.Clear();
        _receivers.Clear();
    }
}

/// <summary>One person became another's.</summary>
/// <param name="ProjectId">Their project.</param>
/// <param name="From">The canonical id that was.</param>
/// <param name="To">The canonical id that is.</param>
/// <param name="CarriesProfile">Whether the profile goes along; else it is forgotten.</param>
internal readonly record struct PersonMerge(int ProjectId, int From, int To, bool CarriesProfile);
