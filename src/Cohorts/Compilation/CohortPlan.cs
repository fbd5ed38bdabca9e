using Muster.Cohorts.Definition;

namespace Muster.Cohorts.Compilation;

/// <summary>A cohort with all that it refers to: what a printer needs to write its query.</summary>
/// <param name="ProjectId">The project whose people and events are asked.</param>
/// <param name="Root">The cohort asked for.</param>
/// <param name="References">The cohorts it refers to, directly or not; each stands after those that it refers to itself.</param>
internal sealed record CohortPlan(int ProjectId, MemberSource Root, IReadOnlyList<ReferencedCohort> References)
{
    /// <summary>The same plan with every definition in its simplest form.</summary>
    public CohortPlan Normalized() => this with
    {
        Root = Root.Normalized(),
        References = [.. References.Select(r => r with { Source = r.Source.Normalized() })],
    };

    /// <summary>The conditions on events in all of it.</summary>
    public IEnumerable<Condition.Behavior> Behaviors() => References.Select(r => r.Source).Append(Root)
        .OfType<MemberSource.Defined>().SelectMany(s => s.Condition.Behaviors());
}

/// <summary>A cohort that another refers to.</summary>
internal sealed record ReferencedCohort(int Id, MemberSource Source);

/// <summary>Where a cohort's members come from.</summary>
internal abstract record MemberSource
{
    private MemberSource()
    {
    }

    /// <summary>The same source with its definition in its simplest form.</summary>
    public MemberSource Normalized() => this is Defined(var condition) ? new Defined(condition.Normalized()) : this;

    /// <summary>From a definition.</summary>
    public sealed record Defined(Condition Condition) : MemberSource;

    /// <summary>From the ids uploaded for a cohort: those of them that exist.</summary>
    public sealed record Uploaded(int CohortId) : MemberSource;
}
