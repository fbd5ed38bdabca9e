using Muster.Cohorts.Definition;

namespace Muster.Cohorts.Compilation;

/// <summary>A cohort with all that it refers to: what a printer needs to write its query.</summary>
/// <param name="ProjectId">The project whose people and events are asked.</param>
/// <param name="Root">The cohort asked for.</param>
/// <param name="References">The cohorts it refers to, directly or not; each stands after those that it refers to itself.</param>
internal sealed record CohortPlan(int ProjectId, MemberSource Root, IReadOnlyList<ReferencedCohort> References);

/// <summary>A cohort that another refers to.</summary>
internal sealed record ReferencedCohort(int Id, MemberSource Source);

/// <summary>Where a cohort's members come from.</summary>
internal abstract record MemberSource
{
    private MemberSource()
    {
    }

    /// <summary>From a definition.</summary>
    public sealed record Defined(Condition Condition) : MemberSource;

    /// <summary>From the ids uploaded for a cohort: those of them that exist.</summary>
    public sealed record Uploaded(int CohortId) : MemberSource;
}
