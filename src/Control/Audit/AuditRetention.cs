using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Muster.Control.Audit;

/// <summary>Lets go of audit entries older than they are to be kept, once a day.</summary>
internal sealed class AuditRetention(
    IDbContextFactory<ControlDb> factory, ControlOptions options, TimeProvider clock, ILogger<AuditRetention> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    /// <summary>Applies it once.</summary>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - options.AuditRetention;
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        await db.Audit.Where(e => e.At < before).ExecuteDeleteAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await ApplyAsync(stoppingToken);
            }
#pragma warning disable CA1031 // Whatever broke is shown; without a catch no entry would ever go again.
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                Log.AuditRetentionBroke(logger, e);
            }
        }
    }
}
