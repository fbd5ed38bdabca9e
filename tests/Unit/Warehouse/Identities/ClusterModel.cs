using System.Text.RegularExpressions;
using Muster.Warehouse.Identities;

namespace Muster.Tests.Unit.Warehouse.Identities;

/// <summary>Both merge systems as plain sets of texts: what the store must agree with.</summary>
internal sealed partial class ClusterModel
{
    private readonly List<HashSet<string>> _clusters = [];
    private readonly List<string> _age = [];
    private readonly HashSet<string> _identified = [];
    private readonly HashSet<string> _aliases = [];
    private readonly Dictionary<HashSet<string>, string> _canonical = new(ReferenceEqualityComparer.Instance);

    /// <summary>Every id with the canonical one of its cluster.</summary>
    public IEnumerable<string> Rows => _age.Select(id => $"{id}|{_canonical[Of(id)]}").Order(StringComparer.Ordinal);

    /// <summary>The clusters alone.</summary>
    public IEnumerable<string> Clusters => _clusters.Select(c => string.Join(',', c.Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal);

    public IReadOnlySet<string> Identified => _identified;

    /// <summary>An event is stored under an id.</summary>
    public void See(string id)
    {
        if (!_age.Contains(id))
        {
            _age.Add(id);
            var cluster = new HashSet<string> { id };
            _clusters.Add(cluster);
            _canonical[cluster] = id;
        }
    }

    public string? Apply(IdentityClaim claim)
    {
        switch (claim)
        {
            case IdentityClaim.Device(var device, var user):
                See(device);
                See(user);
                if (Of(device) == Of(user))
                {
                    return null;
                }

                if (Of(device).Count > 1)
                {
                    return MergeRefusal.DeviceTaken;
                }

                Unite(user, device, _canonical[Of(user)]);
                return null;
            case IdentityClaim.Identify(var identified, var anonymous):
                if (identified == anonymous)
                {
                    return MergeRefusal.SameIds;
                }

                if (!Uuid4().IsMatch(anonymous))
                {
                    return MergeRefusal.AnonymousIdNotUuid;
                }

                if (_age.Contains(anonymous) && Of(anonymous).Any(id => id != anonymous && _identified.Contains(id)))
                {
                    return MergeRefusal.AnonymousIdTaken;
                }

                if (TooMany(identified, anonymous))
                {
                    return MergeRefusal.TooManyIds;
                }

                See(identified);
                See(anonymous);
                if (!_identified.Contains(_canonical[Of(identified)]))
                {
                    _canonical[Of(identified)] = identified;
                }

                _identified.Add(identified);
                Unite(identified, anonymous);
                return null;
            case IdentityClaim.Alias(var id, var other):
                if (_aliases.Contains(other))
                {
                    return MergeRefusal.AliasTaken;
                }

                if (id == other)
                {
                    return null;
                }

                if (TooMany(id, other))
                {
                    return MergeRefusal.TooManyIds;
                }

                See(id);
                See(other);
                _aliases.Add(other);
                Unite(id, other);
                return null;
            case IdentityClaim.Merge(var first, var second):
                if (TooMany(first, second))
                {
                    return MergeRefusal.TooManyIds;
                }

                See(first);
                See(second);
                Unite(first, second);
                return null;
            default:
                throw new ArgumentOutOfRangeException(nameof(claim));
        }
    }

    private HashSet<string> Of(string id) => _clusters.Single(c => c.Contains(id));

    private bool TooMany(string a, string b)
    {
        var first = _age.Contains(a) ? Of(a) : [a];
        var second = _age.Contains(b) ? Of(b) : [b];
        return !first.Overlaps(second) && first.Count + second.Count > 500;
    }

    private void Unite(string a, string b, string? canonical = null)
    {
        var (first, second) = (Of(a), Of(b));
        if (first == second)
        {
            return;
        }

        string[] candidates = [_canonical[first], _canonical[second]];
        canonical ??= candidates.OrderBy(id => _identified.Contains(id) ? 0 : 1).ThenBy(_age.IndexOf).First();
        _canonical.Remove(second);
        first.UnionWith(second);
        _clusters.RemoveAll(c => c == second);
        _canonical[first] = canonical;
    }

    [GeneratedRegex("^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$")]
    private static partial Regex Uuid4();
}
