using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Control.Api;

namespace Muster.Cohorts;

/// <summary>What a caller may see of cohorts; the rest does not exist for them.</summary>
internal static class CohortAccess
{
    public static async Task<Cohort?> FindAsync(ControlDb db, Caller caller, int id, CancellationToken cancellationToken)
    {
        var cohort = await db.Cohorts.SingleOrDefaultAsync(c => c.Id == id, cancellationToken);
        return cohort is not null && caller.Sees(cohort.ProjectId) ? cohort : null;
    }

    public static async Task<bool> ProjectExistsAsync(ControlDb db, Caller caller, int projectId, CancellationToken cancellationToken) =>
        caller.Sees(projectId) && await db.Projects.AnyAsync(p => p.Id == projectId, cancellationToken);
}
