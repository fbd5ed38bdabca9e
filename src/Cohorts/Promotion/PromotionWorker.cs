using DuckDB.NET.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Muster.Warehouse;
using Muster.Warehouse.DuckDb;

namespace Muster.Cohorts.Promotion;

/// <summary>Promotes the properties that cohorts read often, and keeps the columns of promoted ones filled.</summary>
internal sealed class PromotionWorker(
    DuckDbStore store, PropertyUse use, PromotedProperties promoted, Promotions promotions, PropertyFilling filling, TimeProvider clock,
    ILogger<PromotionWorker> logger) : BackgroundService
{
    /// <summary>With fewer rows than this a column of its own is not felt.</summary>
    internal const long LeastRows = 100_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Does what is to be done now.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var key in use.TakeOften())
        {
            // What a person has taken back is not promoted again by itself.
            if (promoted.List().All(p => p.Key != key) && Rows(key) >= LeastRows
                && await promotions.PromoteAsync(key, $"read by {PropertyUse.Often} evaluations within a day", cancellationToken) is { } property)
            {
                logger.Promoted(key.ProjectId, property.Number);
            }
        }

        await filling.RunAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception e) when (e is DuckDBException or WarehouseUnavailableException)
            {
                // Nothing depends on it: rows that are not filled are read from their JSON.
                logger.FillingPutOff(e);
            }
        }
    }

    private long Rows(PropertyKey key)
    {
        using var connection = store.Open();
        return connection.Query(
            $"SELECT count(*) FROM {PromotedProperty.TableOf(key.Owner)} WHERE project_id = $project", r => r.GetInt64(0), ("project", key.ProjectId))[0];
    }
}
