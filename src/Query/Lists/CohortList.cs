using Microsoft.EntityFrameworkCore;
using Muster.Cohorts.Compilation;
using Muster.Cohorts.Membership;
using Muster.Control;

namespace Muster.Query.Lists;

/// <summary>The cohorts of a project with their sizes at the last count; those that were never counted are counted first.</summary>
internal sealed class CohortList(IDbContextFactory<ControlDb> factory, CohortCompiler compiler, Evaluations evaluations, TimeProvider clock)
{
    /// <summary>Reads them, in the order of their ids.</summary>
    /// <exception cref="EvaluationException">One that had to be counted reached a limit.</exception>
    public async Task<IReadOnlyList<Cohort>> ReadAsync(int projectId, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var cohorts = await db.Cohorts.Where(c => c.ProjectId == projectId).OrderBy(c => c.Id).ToListAsync(cancellationToken);
        foreach (var cohort in cohorts.Where(c => c.Count is null))
        {
            var now = clock.GetUtcNow();
            if (await CountAsync(cohort, now, cancellationToken) is { } count)
            {
                CohortSizes.Note(db, cohort, count, now);

                // One by one: what was counted stays counted, also when a later one reaches a limit.
                await db.SaveChangesAsync(cancellationToken);
            }
        }

        return cohorts;
    }

    // A cohort that refers to what is gone has no size; it is listed all the same.
    private async Task<long?> CountAsync(Cohort cohort, DateTimeOffset now, CancellationToken cancellationToken)
    {
        MemberQuery members;
        try
        {
            members = await compiler.CompileAsync(cohort.ProjectId, cohort.Id, now, cancellationToken);
        }
        catch (CohortException)
        {
            return null;
        }

        return await evaluations.RunAsync(connection =>
        {
            using var command = new StoreQuery($"SELECT count(*) FROM (\n{members.Sql}\n) m", members.Parameters).On(connection);
            return (long)command.ExecuteScalar()!;
        }, cancellationToken);
    }
}
