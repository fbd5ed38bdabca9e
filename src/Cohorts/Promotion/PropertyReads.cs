using Muster.Cohorts.Compilation;
using Muster.Cohorts.Definition;

namespace Muster.Cohorts.Promotion;

/// <summary>What a cohort reads.</summary>
internal static class PropertyReads
{
    /// <summary>The properties that it and those it refers to read, each once.</summary>
    public static IEnumerable<PropertyKey> Properties(this CohortPlan plan) => plan.References.Select(r => r.Source).Append(plan.Root)
        .OfType<MemberSource.Defined>().SelectMany(s => Of(s.Condition)).Distinct()
        .Select(p => new PropertyKey(plan.ProjectId, p.Owner, p.Name));

    private static IEnumerable<(PropertyOwner Owner, string Name)> Of(Condition condition) => condition switch
    {
        Condition.All(var of) => of.SelectMany(Of),
        Condition.Any(var of) => of.SelectMany(Of),
        Condition.Not(var of) => Of(of),
        Condition.Profile(var test) => [(PropertyOwner.Profile, test.Property)],
        Condition.Behavior(var filter, _, var measure) => Of(filter).Concat(Of(measure)),
        Condition.Sequence(var steps, _, _) => steps.SelectMany(Of),
        _ => [],
    };

    private static IEnumerable<(PropertyOwner Owner, string Name)> Of(EventFilter filter) =>
        filter.Where.Select(t => (PropertyOwner.Event, t.Property));

    private static IEnumerable<(PropertyOwner Owner, string Name)> Of(Measure measure) => measure switch
    {
        Measure.Distinct(var property, _) => [(PropertyOwner.Event, property)],
        Measure.Figure(_, var property, _) => [(PropertyOwner.Event, property)],
        _ => [],
    };
}
