using System.Diagnostics.CodeAnalysis;

namespace Muster.Sandbox.Audience;

/// <summary>
/// Users by one of their identifiers. One user a key is the rule and costs one dictionary entry; where the
/// identifier is not the project's key several users may share it, and the later ones wait in a second table.
/// </summary>
internal sealed class IdentityIndex
{
    private readonly Dictionary<string, User> _first = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<User>> _others = new(StringComparer.Ordinal);

    public bool TryFind(string? key, [NotNullWhen(true)] out User? user)
    {
        user = null;
        return key is not null && _first.TryGetValue(key, out user);
    }

    public IReadOnlyList<User> All(string key)
    {
        if (!_first.TryGetValue(key, out var first))
        {
            return [];
        }

        return _others.TryGetValue(key, out var others) ? [first, .. others] : [first];
    }

    public void Add(string? key, User user)
    {
        if (key is null || _first.TryAdd(key, user))
        {
            return;
        }

        if (!_others.TryGetValue(key, out var others))
        {
            _others[key] = others = [];
        }

        others.Add(user);
    }

    public void Remove(string? key, User user)
    {
        if (key is null)
        {
            return;
        }

        _others.TryGetValue(key, out var others);
        if (!ReferenceEquals(_first.GetValueOrDefault(key), user))
        {
            others?.Remove(user);
        }
        else if (others is { Count: > 0 })
        {
            _first[key] = others[0];
            others.RemoveAt(0);
        }
        else
        {
            _first.Remove(key);
        }

        if (others is { Count: 0 })
        {
            _others.Remove(key);
        }
    }

    public void Clear()
    {
        _first.Clear();
        _others.Clear();
    }
}
