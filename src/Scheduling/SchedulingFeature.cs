using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Muster.Control;
using Muster.Syncs.Runs;
using Quartz;

namespace Muster.Scheduling;

/// <summary>Registers the scheduler.</summary>
public static class SchedulingFeature
{
    /// <summary>Connections whose runs may go on at once.</summary>
    private const int ConnectionsAtOnce = 32;

    /// <summary>Adds it, with its job store in the control database.</summary>
    public static IServiceCollection AddScheduling(this IServiceCollection services, ControlOptions control)
    {
        services.AddSingleton<ISyncSchedule, QuartzSyncSchedule>();
        services.AddSingleton<IConnectionStopped, StoppedConnections>();

        // Before the scheduler starts: what was interrupted takes its place before what became due meanwhile.
        services.AddHostedService<InterruptedRuns>();
        services.AddQuartz(quartz =>
        {
            quartz.UseDefaultThreadPool(ConnectionsAtOnce);
            quartz.UsePersistentStore(store =>
            {
                store.UseSqlite(SqliteFactory.Instance, ControlFeature.SqliteConnectionString(control));
                store.UseSystemTextJsonSerializer();
                store.ProvisionSchema();
                store.ConfigureStore(options => options.StoreJobDataAsStrings = true);
            });
        });
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
        return services;
    }
}
