using Muster.Cohorts.Definition;

namespace Muster.Cohorts.Compilation;

/// <summary>Brings definitions that mean the same into one form.</summary>
internal static class Normalization
{
    /// <summary>Nested <c>all</c> and <c>any</c> of one kind are flattened, those of one condition are that condition, and double negation goes.</summary>
    public static Condition Normalized(this Condition condition) => condition switch
    {
        Condition.All(var of) => Single(Flat(of, c => (c as Condition.All)?.Of), parts => new Condition.All(parts)),
        Condition.Any(var of) => Single(Flat(of, c => (c as Condition.Any)?.Of), parts => new Condition.Any(parts)),
        Condition.Not(Condition.Not(var of)) => of.Normalized(),
        Condition.Not(var of) => new Condition.Not(of.Normalized()),
        _ => condition,
    };

    /// <summary>The conditions on events within a condition.</summary>
    public static IEnumerable<Condition.Behavior> Behaviors(this Condition condition) => condition switch
    {
        Condition.All(var of) => of.SelectMany(Behaviors),
        Condition.Any(var of) => of.SelectMany(Behaviors),
        Condition.Not(var of) => of.Behaviors(),
        Condition.Behavior behavior => [behavior],
        _ => [],
    };

    private static List<Condition> Flat(IReadOnlyList<Condition> of, Func<Condition, IReadOnlyList<Condition>?> inner) =>
        [.. of.Select(Normalized).SelectMany(c => inner(c) ?? [c])];

    private static Condition Single(List<Condition> parts, Func<IReadOnlyList<Condition>, Condition> combine) =>
        parts.Count == 1 ? parts[0] : combine(parts);
}
