using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Muster.Notifications;

/// <summary>Has the outbox work every few seconds. Nothing waits for it: a sync is never held up by who is to be told of it.</summary>
internal sealed class OutboxWorker(Outbox outbox, TimeProvider clock, ILogger<OutboxWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ForgettingInterval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var forgotAt = clock.GetTimestamp();
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await outbox.WorkAsync(stoppingToken);
                if (clock.GetElapsedTime(forgotAt) >= ForgettingInterval)
                {
                    await outbox.ForgetOldAsync(stoppingToken);
                    forgotAt = clock.GetTimestamp();
                }
            }
#pragma warning disable CA1031 // Whatever broke is shown; without a catch nobody would be told anything any more.
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                Log.OutboxBroke(logger, e);
            }
        }
    }
}
