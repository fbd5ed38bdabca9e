using System.Globalization;
using Muster.Cohorts.Definition;
using Muster.Cohorts.Promotion;

namespace Muster.Cohorts.Compilation;

/// <summary>Writes a cohort as one SELECT of its members.</summary>
/// <remarks>
/// Each condition is a set of people, printed as those in it or those not in it, whichever the store can find; sets meet
/// in semi and anti joins. All people are read only when what remains at the end is a complement.
/// </remarks>
internal sealed class CohortPrinter
{
    private readonly SqlDialect _dialect;
    private readonly ProfilePrinter _profiles;
    private readonly BehaviorPrinter _behavior;
    private readonly string _projectId;
    private bool _everyone;

    private CohortPrinter(CohortPlan plan, SqlDialect dialect, ProjectCalendar calendar, Func<PropertyKey, PromotedProperty?> promoted)
    {
        _dialect = dialect;
        _projectId = dialect.Parameters.Add(plan.ProjectId);
        _profiles = new ProfilePrinter(dialect, property => promoted(new PropertyKey(plan.ProjectId, PropertyOwner.Profile, property)));
        _behavior = new BehaviorPrinter(
            dialect, calendar, _projectId, property => promoted(new PropertyKey(plan.ProjectId, PropertyOwner.Event, property)), plan.Behaviors());
    }

    /// <summary>Prints a cohort as of the calendar's moment.</summary>
    /// <param name="plan">The cohort.</param>
    /// <param name="dialect">The engine's way.</param>
    /// <param name="calendar">The moment and the project's days.</param>
    /// <param name="promoted">The columns of promoted properties; null: the store has none.</param>
    public static MemberQuery Print(
        CohortPlan plan, SqlDialect dialect, ProjectCalendar calendar, Func<PropertyKey, PromotedProperty?>? promoted = null)
    {
        var normalized = plan.Normalized();
        var printer = new CohortPrinter(normalized, dialect, calendar, promoted ?? (_ => null));
        var references = normalized.References.Select(r => $"{Name(r.Id)} {dialect.Common} (\n{Sql.Indented(printer.Members(r.Source))}\n)").ToList();
        var members = printer.Members(normalized.Root);
        string[] tables = [.. printer._everyone ? [printer.People()] : (string[])[], .. printer._behavior.Shared(), .. references];
        return new MemberQuery(
            (tables.Length == 0 ? members : $"WITH {string.Join(",\n", tables)}\n{members}") + dialect.Settings,
            dialect.Parameters.Values);
    }

    private string Members(MemberSource source) => source switch
    {
        MemberSource.Defined(var condition) => Members(Print(condition)),
        MemberSource.Uploaded(var cohortId) => Uploaded(cohortId),
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, "not a source of members"),
    };

    private string Members(MemberSet set)
    {
        if (!set.Complement)
        {
            return set.Once;
        }

        _everyone = true;
        return $"SELECT m.user_id AS user_id\nFROM people m\n{Join(_dialect.AntiJoin, set, "x0")}";
    }

    private MemberSet Print(Condition condition) => condition switch
    {
        _ when ProfilePrinter.Covers(condition) => _profiles.Print(condition, _projectId),
        Condition.Not(var of) => Print(of).Opposite,
        Condition.All(var of) => Intersect(Sets(of, profiles => new Condition.All(profiles))),
        // Those in any of them are those not outside all of them.
        Condition.Any(var of) => Intersect(Sets(of, profiles => new Condition.Any(profiles)).Select(s => s.Opposite)).Opposite,
        Condition.Behavior behavior => _behavior.Print(behavior),
        Condition.Sequence sequence => _behavior.Print(sequence),
        Condition.InCohort(var id) => new MemberSet($"SELECT user_id FROM {Name(id)}", false),
        _ => throw new ArgumentOutOfRangeException(nameof(condition), condition, "not a condition"),
    };

    /// <summary>The sets of conditions; those on profiles alone become one, for one scan.</summary>
    private IEnumerable<MemberSet> Sets(IReadOnlyList<Condition> conditions, Func<IReadOnlyList<Condition>, Condition> combine)
    {
        var profiles = conditions.Where(ProfilePrinter.Covers).ToList();
        var others = conditions.Where(c => !ProfilePrinter.Covers(c)).Select(Print);
        return profiles.Count == 0 ? others : others.Prepend(Print(combine(profiles)));
    }

    private MemberSet Intersect(IEnumerable<MemberSet> sets)
    {
        var inside = new List<MemberSet>();
        var outside = new List<MemberSet>();
        foreach (var set in sets)
        {
            (set.Complement ? outside : inside).Add(set);
        }

        if (inside.Count + outside.Count == 1)
        {
            return inside.Concat(outside).Single();
        }

        if (inside.Count == 0)
        {
            return new MemberSet(string.Join($"\n{_dialect.Union}\n", outside.Select((s, i) => $"SELECT user_id FROM (\n{Sql.Indented(s.Sql)}\n) u{Text(i)}")), true);
        }

        var joins = inside.Skip(1).Select((s, i) => Join(_dialect.SemiJoin, s, $"i{Text(i)}")).Concat(outside.Select((s, i) => Join(_dialect.AntiJoin, s, $"o{Text(i)}")));
        return new MemberSet($"SELECT m.user_id AS user_id\nFROM (\n{Sql.Indented(inside[0].Once)}\n) m\n{string.Join("\n", joins)}", false);
    }

    private static string Join(string kind, MemberSet set, string alias) =>
        $"{kind} (\n{Sql.Indented(set.Sql)}\n) {alias} ON {alias}.user_id = m.user_id";

    private string People() => $"""
        people {_dialect.Common} (
          SELECT DISTINCT coalesce(a.canonical_id, i.user_id) AS user_id
          FROM identity i LEFT JOIN alias a ON a.user_id = i.user_id
          WHERE i.project_id = {_projectId} AND i.distinct_id <> ''
        )
        """;

    private string Uploaded(int cohortId) => $"""
        SELECT DISTINCT coalesce(a.canonical_id, i.user_id) AS user_id
        FROM identity i
        LEFT JOIN alias a ON a.user_id = i.user_id
        WHERE i.project_id = {_projectId} AND i.distinct_id <> ''
          AND i.distinct_id IN (SELECT distinct_id FROM cohort_upload WHERE cohort_id = {_dialect.Parameters.Add(cohortId)})
        """;

    private static string Name(int cohortId) => $"cohort_{Text(cohortId)}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
