using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Muster.Syncs.Drift;

/// <summary>Looks at the lists that are due, those of different connections side by side.</summary>
internal sealed class DriftWatch(DriftCheck check, SyncOptions options, TimeProvider clock, ILogger<DriftWatch> logger) : BackgroundService
{
    private const int ConnectionsAtOnce = 8;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = options.DriftInterval < LongestPause ? options.DriftInterval : LongestPause;
        using var timer = new PeriodicTimer(pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LookAsync(stoppingToken);
            }
#pragma warning disable CA1031 // Whatever broke this look is shown; without a catch no list would be looked at any more.
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                Log.LookBroke(logger, e);
            }
        }
    }

    /// <summary>Looks once at all that are due.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken) => await Parallel.ForEachAsync(
        await check.FindDueAsync(cancellationToken),
        new ParallelOptions { MaxDegreeOfParallelism = ConnectionsAtOnce, CancellationToken = cancellationToken },
        async (connection, token) =>
        {
            foreach (var syncId in connection)
            {
                await check.CheckAsync(syncId, token);
            }
        });
}
