using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Muster.Warehouse;

namespace Muster.Identity.Privacy;

/// <summary>Carries out deletion requests, those that an earlier process left half done first.</summary>
internal sealed class DeletionWorker(PrivacyRequests requests, PersonErasure erasure, TimeProvider clock, ILogger<DeletionWorker> logger) : BackgroundService
{
    /// <summary>So long a request can be revoked at least half of the time, and no one waits long for it.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>Carries out what is open.</summary>
    public async Task CarryOutAsync(CancellationToken cancellationToken)
    {
        foreach (var request in requests.ReadOpenDeletions())
        {
            try
            {
                await CarryOutAsync(request, cancellationToken);
            }
            catch (WarehouseUnavailableException e)
            {
                logger.DeletionPutOff(e, request.TrackingId);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await CarryOutAsync(stoppingToken);
        }
    }

    private async Task CarryOutAsync(PrivacyRequest request, CancellationToken cancellationToken)
    {
        if (!await requests.StartAsync(request.TrackingId, cancellationToken))
        {
            return;
        }

        foreach (var id in request.DistinctIds)
        {
            await erasure.EraseAsync(request.ProjectId, id, cancellationToken);
        }

        await requests.FinishAsync(request.TrackingId, cancellationToken);
    }
}
