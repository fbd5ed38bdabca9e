using Microsoft.EntityFrameworkCore;
using Muster.Cohorts.Definition;
using Muster.Cohorts.Promotion;
using Muster.Control;

namespace Muster.Cohorts.Compilation;

/// <summary>Turns cohorts into queries.</summary>
/// <remarks>A query holds one moment: whatever in it says 'now' means that one, in the cohorts it refers to as well.</remarks>
public sealed class CohortCompiler(IDbContextFactory<ControlDb> factory, PromotedProperties promoted, PropertyUse use)
{
    /// <summary>The query of a saved cohort's members as of <paramref name="now"/>.</summary>
    /// <exception cref="CohortException">The cohort, or one that it refers to, is gone or cannot be read.</exception>
    public async Task<MemberQuery> CompileAsync(int projectId, int cohortId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var graph = await CohortGraph.LoadAsync(db, projectId, cancellationToken);
        return Print(graph.Plan(cohortId), await CalendarAsync(db, projectId, now, cancellationToken));
    }

    /// <summary>The query of a definition that is not saved, and has been found without faults.</summary>
    internal async Task<MemberQuery> CompileAsync(int projectId, ReadDefinition definition, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var graph = await CohortGraph.LoadAsync(db, projectId, cancellationToken);
        return Print(graph.Plan(definition), await CalendarAsync(db, projectId, now, cancellationToken));
    }

    private MemberQuery Print(CohortPlan plan, ProjectCalendar calendar)
    {
        use.Note(plan.Properties().Where(p => promoted.Find(p) is null));
        return DuckDbPrinter.Print(plan, calendar, promoted.Find);
    }

    private static async Task<ProjectCalendar> CalendarAsync(ControlDb db, int projectId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var timezone = await db.Projects.Where(p => p.Id == projectId).Select(p => p.Timezone).SingleAsync(cancellationToken);
        return new ProjectCalendar(now, TimeZoneInfo.FindSystemTimeZoneById(timezone));
    }
}
