using System.Diagnostics;
using DuckDB.NET.Data;
using Muster.Cohorts.Compilation;
using Muster.Warehouse.DuckDb;

namespace Muster.Cohorts.Promotion;

/// <summary>Fills the columns of promoted properties, of rows from before and of rows that came since.</summary>
/// <remarks>
/// Rows are known by their mark <c>promoted_through</c> alone; their numbers, which the store may give anew, only divide
/// the work. Each part takes the one writer some tens of milliseconds, and then leaves it alone for several times as long.
/// </remarks>
internal sealed class PropertyFilling(DuckDbStore store, IBetweenWrites writer, PromotedProperties promoted, TimeProvider clock)
{
    // About 40 ms with two properties.
    private const int RowsAtOnce = 16_384;
    private const int RestsTimes = 4;

    // What was changed stays in memory until the store's next checkpoint.
    private const long MebibytesLent = 192;

    private static readonly TimeSpan DropsAfter = TimeSpan.FromMinutes(5);

    private const string Completed = "UPDATE promoted_property SET completed_at = $now, bytes = $bytes WHERE number = $number";
    private const string Dropped = "UPDATE promoted_property SET dropped_at = $now WHERE number = $number";

    /// <summary>Fills what is not filled now, completes promotions whose rows are, and drops the columns of those taken back a while ago.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var all = promoted.List();
        foreach (var group in all.Where(p => p.DemotedAt is null).GroupBy(p => (p.Key.ProjectId, p.Key.Owner)))
        {
            await FillAsync(group.Key.ProjectId, PromotedProperty.TableOf(group.Key.Owner), [.. group], cancellationToken);
        }

        foreach (var gone in all.Where(p => p.DroppedAt is null && clock.GetUtcNow() - p.DemotedAt >= DropsAfter))
        {
            var now = clock.GetUtcNow().UtcDateTime;
            await writer.RunAsync(connection =>
            {
                connection.Execute($"ALTER TABLE {gone.Table} DROP COLUMN {gone.Column}");
                connection.Execute(Dropped, ("number", gone.Number), ("now", now));
            }, cancellationToken);
        }
    }

    private async Task FillAsync(int projectId, string table, List<PromotedProperty> properties, CancellationToken cancellationToken)
    {
        var through = properties.Max(p => p.Number);
        var unfilled = Unfilled(projectId, table, through);
        if (unfilled.Count > 0)
        {
            using var loan = store.LendMemory(MebibytesLent);
            foreach (var (mark, first, last) in unfilled)
            {
                var missing = properties.FindAll(p => p.Number > mark);
                for (var from = first; from <= last; from += RowsAtOnce)
                {
                    await FillAsync(projectId, table, missing, (mark, through), (from, Math.Min(from + RowsAtOnce - 1, last)), cancellationToken);
                }
            }
        }

        if (properties.Exists(p => p.CompletedAt is null) && Unfilled(projectId, table, through).Count == 0)
        {
            await CompleteAsync(properties.FindAll(p => p.CompletedAt is null), cancellationToken);
        }
    }

    private async Task FillAsync(
        int projectId, string table, List<PromotedProperty> properties, (int From, int To) mark, (long First, long Last) rows, CancellationToken cancellationToken)
    {
        var dialect = new DuckDbDialect(new ProjectCalendar(clock.GetUtcNow(), TimeZoneInfo.Utc));
        var values = properties.Select(p => $", {p.Column} = coalesce({dialect.Values.Extract("properties", p.Key.Name)}, '')").ToList();
        var sql = $"""
            UPDATE {table} SET promoted_through = {dialect.Parameters.Add((long)mark.To)}{string.Concat(values)}
            WHERE project_id = {dialect.Parameters.Add((long)projectId)} AND promoted_through = {dialect.Parameters.Add((long)mark.From)}
              AND rowid >= {dialect.Parameters.Add(rows.First)} AND rowid <= {dialect.Parameters.Add(rows.Last)}
            """;
        var took = TimeSpan.Zero;
        await writer.RunAsync(connection =>
        {
            var started = Stopwatch.GetTimestamp();
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, value) in dialect.Parameters.Values)
            {
                command.Parameters.Add(new DuckDBParameter(name, value));
            }

            command.ExecuteNonQuery();
            took = Stopwatch.GetElapsedTime(started);
        }, cancellationToken);
        await Task.Delay(took * RestsTimes, clock, cancellationToken);
    }

    private async Task CompleteAsync(List<PromotedProperty> properties, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        foreach (var property in properties)
        {
            using var connection = store.Open();
            var bytes = connection.Query(
                $"SELECT coalesce(sum(strlen({property.Column})), 0)::BIGINT FROM {property.Table} WHERE project_id = $project", r => r.GetInt64(0), ("project", property.Key.ProjectId))[0];
            await writer.RunAsync(c => c.Execute(Completed, ("number", property.Number), ("now", now), ("bytes", bytes)), cancellationToken);
        }

        promoted.Changed();
    }

    private List<(int Mark, long First, long Last)> Unfilled(int projectId, string table, int through)
    {
        using var connection = store.Open();
        return connection.Query(
            $"""
            SELECT promoted_through, min(rowid), max(rowid) FROM {table}
            WHERE project_id = $project AND promoted_through < $through GROUP BY promoted_through ORDER BY promoted_through
            """,
            r => (r.GetInt32(0), r.GetInt64(1), r.GetInt64(2)), ("project", projectId), ("through", through));
    }
}
