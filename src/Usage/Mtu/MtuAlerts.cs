using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Muster.Control;
using Muster.Control.Notifications;

namespace Muster.Usage.Mtu;

/// <summary>Looks every hour whether a project reached the number of monthly tracked users it is to be warned at, and tells its people once a month.</summary>
internal sealed class MtuAlerts(IDbContextFactory<ControlDb> factory, MtuCount count, TimeProvider clock, ILogger<MtuAlerts> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    // Not at once: a start has enough to do.
    private static readonly TimeSpan FirstLook = TimeSpan.FromMinutes(2);

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
                // With the month in one transaction: told once, whatever happens in between.
                db.Notifications.Add(Notification(project, mtu, month));
                await db.SaveChangesAsync(cancellationToken);
            }
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(FirstLook, clock, stoppingToken);
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
#pragma warning disable CA1031 // Whatever broke is shown; without a catch it would end the program, which has more to do than this.
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                Log.MtuNotCounted(logger, e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private Notification Notification(Project project, long mtu, Month month) => new()
    {
        ProjectId = project.Id,
        Kind = NotificationKind.Mtu,
        Subject = string.Create(CultureInfo.InvariantCulture, $"Project '{project.Name}' has {mtu:N0} monthly tracked users in {month}"),
        Text = string.Create(
            CultureInfo.InvariantCulture,
            $"You asked to be told at {project.MtuAlert:N0}. Nothing was stopped: events are taken and syncs run as before, and you are not told again this month. "
            + $"'muster usage mtu --project {project.Id} --by-event' shows which events they come from; 'muster project update {project.Id} --mtu-alert N' sets another number, 0 none."),
        At = clock.GetUtcNow(),
    };
}
