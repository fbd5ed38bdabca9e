using Muster.Control.Tokens;

namespace Muster.Control.Api;

/// <summary>What someone may do, project by project.</summary>
/// <param name="Everywhere">Their role in every project; null: they have none that is good everywhere.</param>
/// <param name="ByProject">Their roles in single projects.</param>
public sealed record Grants(Role? Everywhere, IReadOnlyDictionary<int, Role> ByProject)
{
    /// <summary>Nothing.</summary>
    public static readonly Grants None = new(null, new Dictionary<int, Role>());

    /// <summary>One role: in one project, or in every one when <paramref name="projectId"/> is null.</summary>
    public static Grants Of(Role role, int? projectId) =>
        projectId is { } id ? new Grants(null, new Dictionary<int, Role> { [id] = role }) : new Grants(role, new Dictionary<int, Role>());

    /// <summary>The role in a project; null: the project does not exist for them.</summary>
    public Role? In(int projectId) => Everywhere ?? (ByProject.TryGetValue(projectId, out var role) ? role : null);

    /// <summary>The highest role they have anywhere; null: none at all.</summary>
    public Role? Highest => Everywhere ?? (ByProject.Count > 0 ? ByProject.Values.Max() : null);

    /// <summary>The projects in which they have at least a role; null: every one.</summary>
    public IReadOnlyCollection<int>? ProjectsWith(Role least) =>
        Everywhere >= least ? null : [.. ByProject.Where(g => g.Value >= least).Select(g => g.Key)];
}
