using DuckDB.NET.Data;
using Microsoft.EntityFrameworkCore;
using Muster.Cohorts.Compilation;
using Muster.Cohorts.Membership;
using Muster.Control;
using Muster.Query.Expressions;

namespace Muster.Query.Export;

/// <summary>Reads events as they come from the store, without holding them in memory.</summary>
internal sealed class EventExport(IDbContextFactory<ControlDb> factory, Evaluations evaluations)
{
    /// <summary>The statement of a request.</summary>
    /// <exception cref="QueryException"><c>where</c> asks for what is not there.</exception>
    public async Task<StoreQuery> PrepareAsync(ExportRequest request, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var zone = await db.Projects.Where(p => p.Id == request.ProjectId).Select(p => p.Timezone).SingleAsync(cancellationToken);
        return Print(request, TimeZoneInfo.FindSystemTimeZoneById(zone));
    }

    /// <summary>Begins to read; the events come in no order that is promised.</summary>
    /// <exception cref="EvaluationException">A limit of time or memory was reached before the first one.</exception>
    public Task<EvaluatedRows> BeginAsync(StoreQuery statement, CancellationToken cancellationToken) =>
        evaluations.BeginAsync(statement.On, cancellationToken);

    /// <summary>The event of a row.</summary>
    public static ExportedEvent Read(DuckDBDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.GetString(4), row.GetInt64(5));

    /// <summary>The statement: name, canonical distinct id, time, insert id, properties, time of arrival; times in milliseconds.</summary>
    internal static StoreQuery Print(ExportRequest request, TimeZoneInfo zone)
    {
        var parameters = new SqlParameters();
        var columns = new PropertyColumns(parameters);
        var source = new EventSource(columns);
        var condition = request.Where is null ? "" : $"\nWHERE {StoreQuery.Condition(request.Where, source, parameters)}";
        var names = request.Names is null ? "" : $" AND n.name IN ({(request.Names.Count == 0 ? "NULL" : parameters.AddAll(request.Names))})";
        var profile = source.NeedsProfile ? "\n  LEFT JOIN profile p ON p.user_id = coalesce(a.canonical_id, e.user_id)" : "";
        var limit = request.Limit is { } most ? $"\nLIMIT {parameters.Add(most)}" : "";
        var sql = $"""
            SELECT w.name, w.distinct_id, epoch_ms(w.time), w.insert_id, w.properties, epoch_ms(w.received_at)
            FROM (
              SELECT n.name, coalesce(i.distinct_id, '') AS distinct_id, e.time, e.insert_id, e.properties, e.received_at{columns.Select}
              FROM event e
              JOIN event_name n ON n.event_id = e.event_id{names}
              LEFT JOIN alias a ON a.user_id = e.user_id
              LEFT JOIN identity i ON i.user_id = coalesce(a.canonical_id, e.user_id){profile}
              WHERE e.project_id = {parameters.Add(request.ProjectId)}
                AND e.time >= {parameters.Add(ProjectDays.Start(request.From, zone))} AND e.time < {parameters.Add(ProjectDays.End(request.To, zone))}
            ) w{condition}{limit}
            """;
        return new StoreQuery(sql, parameters.Values);
    }
}

/// <summary>An event as it is exported.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DistinctId">The canonical id of its user; "" is nobody.</param>
/// <param name="Time">Milliseconds since the epoch.</param>
/// <param name="InsertId">Its insert id.</param>
/// <param name="Properties">Its other properties, a JSON object.</param>
/// <param name="ReceivedAt">When it arrived, in milliseconds since the epoch.</param>
internal readonly record struct ExportedEvent(string Name, string DistinctId, long Time, string InsertId, string Properties, long ReceivedAt);
