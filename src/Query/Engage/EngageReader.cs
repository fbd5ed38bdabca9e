using Microsoft.EntityFrameworkCore;
using Muster.Cohorts.Compilation;
using Muster.Cohorts.Membership;
using Muster.Control;
using Muster.Query.Expressions;
using Muster.Warehouse.DuckDb;

namespace Muster.Query.Engage;

/// <summary>Reads the profiles that a request asks for, all as of one moment, into pages.</summary>
internal sealed class EngageReader(IDbContextFactory<ControlDb> factory, CohortCompiler compiler, DuckDbStore store, Evaluations evaluations, QueryOptions options, TimeProvider clock)
{
    // A profile under an id that was merged into another is not a person of its own.
    private const string Profiles = """
        FROM profile p
          JOIN identity i ON i.user_id = p.user_id
          ANTI JOIN alias a ON a.user_id = p.user_id
          WHERE p.project_id = $project_id AND i.distinct_id <> ''
        """;

    private const string Members = """
        FROM members m
          JOIN identity i ON i.user_id = m.user_id
          LEFT JOIN profile p ON p.user_id = m.user_id
          WHERE i.distinct_id <> ''
        """;

    private const string MembersWithProfile = """
        FROM profile p
          JOIN members m ON m.user_id = p.user_id
          JOIN identity i ON i.user_id = m.user_id
          WHERE i.distinct_id <> ''
        """;

    // The joins hold one side, texts and all; more than usual is needed only while a snapshot is taken.
    private const long SnapshotMemoryMiB = 256;

    /// <summary>Takes the snapshot.</summary>
    /// <exception cref="QueryException">The cohort cannot be evaluated, or <c>where</c> asks for what is not there.</exception>
    /// <exception cref="EvaluationException">A limit of time or memory was reached.</exception>
    public async Task<PageSpool> ReadAsync(EngageRequest request, CancellationToken cancellationToken)
    {
        var (members, zone) = await PrepareAsync(request, cancellationToken);
        var statement = Print(request, members);
        var spool = new PageSpool(options.DataDir);
        try
        {
            await Task.Run(() => FillAsync(spool, statement, new ProfileWriter(request.OutputProperties, zone), cancellationToken), cancellationToken);
            return spool;
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    /// <summary>The statement: distinct id, properties; properties are NULL for those without a profile.</summary>
    internal static StoreQuery Print(EngageRequest request, MemberQuery? members)
    {
        var parameters = new SqlParameters();
        var columns = new PropertyColumns(parameters);
        var condition = request.Where is null ? "" : $"\nWHERE {StoreQuery.Condition(request.Where, new ProfileSource(columns), parameters)}";
        var from = members is null ? Profiles : request.IncludeAllUsers ? Members : MembersWithProfile;
        var those = request.DistinctIds is null ? "" : $"""

              AND i.user_id IN (
                SELECT coalesce(b.canonical_id, n.user_id)
                FROM identity n LEFT JOIN alias b ON b.user_id = n.user_id
                WHERE n.project_id = {parameters.Add(request.ProjectId)} AND n.distinct_id IN ({(request.DistinctIds.Count == 0 ? "NULL" : parameters.AddAll(request.DistinctIds))})
              )
            """;
        var with = members is null ? "" : $"WITH members AS (\n{members.Sql}\n)\n";
        var sql = $"""
            {with}SELECT w.distinct_id, w.properties
            FROM (
              SELECT i.distinct_id, p.properties{columns.Select}
              {from}{those}
            ) w{condition}
            """;
        KeyValuePair<string, object?>[] project = members is null ? [new("project_id", request.ProjectId)] : [];
        return new StoreQuery(sql, [.. members?.Parameters ?? [], .. parameters.Values, .. project]);
    }

    private async Task<(MemberQuery? Members, TimeZoneInfo Zone)> PrepareAsync(EngageRequest request, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var zone = await db.Projects.Where(p => p.Id == request.ProjectId).Select(p => p.Timezone).SingleAsync(cancellationToken);
        if (request.CohortId is not { } cohort)
        {
            return (null, TimeZoneInfo.FindSystemTimeZoneById(zone));
        }

        if (!await db.Cohorts.AnyAsync(c => c.Id == cohort && c.ProjectId == request.ProjectId, cancellationToken))
        {
            throw new QueryException($"filter_by_cohort: there is no cohort {cohort} in this project; cohorts/list has those there are");
        }

        try
        {
            return (await compiler.CompileAsync(request.ProjectId, cohort, clock.GetUtcNow(), cancellationToken), TimeZoneInfo.FindSystemTimeZoneById(zone));
        }
        catch (CohortException e)
        {
            throw new QueryException($"filter_by_cohort: {e.Message}");
        }
    }

    private async Task FillAsync(PageSpool spool, StoreQuery statement, ProfileWriter profiles, CancellationToken cancellationToken)
    {
        using var memory = store.LendMemory(SnapshotMemoryMiB);
        using var rows = await evaluations.BeginAsync(statement.On, cancellationToken);
        while (rows.Next())
        {
            profiles.Write(spool.NextRow(), rows.Row.GetString(0), rows.Row.TextOrNull(1));
        }

        spool.Complete();
    }
}
