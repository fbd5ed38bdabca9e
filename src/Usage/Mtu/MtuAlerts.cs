using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Muster.Control;

namespace Muster.Usage.Mtu;

/// <summary>Looks every hour whether a project reached the number of monthly tracked users it is to be warned at, and says so once a month.</summary>
internal sealed class MtuAlerts(IDbContextFactory<ControlDb> factory, MtuCount count, TimeProvider clock, ILogger<MtuAlerts> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Looks now.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        foreach (var project in await db.Projects.Where(p => p.MtuAlert != null).ToListAsync(cancellationToken))
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(project.Timezone);
            var month = Month.Of(clock.GetUtcNow(), zone);
            if (project.MtuAlertedFor == month.ToString())
            {
                continue;
            }

            var mtu = count.Of(project.Id, month, zone, cancellationToken).Mtu;
            if (mtu >= project.MtuAlert)
            {
                Log.MtuAlertReached(logger, project.Id, mtu, project.MtuAlert!.Value, month.ToString());
                project.MtuAlertedFor = month.ToString();
                await db.SaveChangesAsync(cancellationToken);
            }
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await LookAsync(stoppingToken);
        }
    }
}
