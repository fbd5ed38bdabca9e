using System.Globalization;
using Muster.Control;
using Muster.Syncs.Runs;
using Quartz;

namespace Muster.Scheduling;

/// <summary>The schedule in Quartz: one job for each connection, one trigger for each sync, one more for each run asked for.</summary>
internal sealed class QuartzSyncSchedule(ISchedulerFactory schedulers) : ISyncSchedule
{
    public async Task EnqueueAsync(Sync sync, long runId, CancellationToken cancellationToken)
    {
        var trigger = TriggerBuilder.Create()
            .WithIdentity(Text(runId), "run")
            .ForJob(Job(sync))
            .UsingJobData(ConnectionJob.SyncKey, Text(sync.Id))
            .UsingJobData(ConnectionJob.RunKey, Text(runId))
            // Whoever asked waits for it: it goes before what the schedule calls for.
            .WithPriority(10)
            .StartNow()
            .WithSimpleSchedule(schedule => schedule.WithMisfireInstruction(SimpleTriggerMisfireInstruction.FireNow))
            .Build();
        await PutAsync(sync, trigger, cancellationToken);
    }

    public async Task PlanAsync(Sync sync, DateTimeOffset firstAt, CancellationToken cancellationToken)
    {
        var trigger = TriggerBuilder.Create()
            .WithIdentity(Key(sync))
            .ForJob(Job(sync))
            .UsingJobData(ConnectionJob.SyncKey, Text(sync.Id))
            .StartAt(firstAt)
            // After an outage each sync waits for its own next time: no storm of all of them at once.
            .WithSimpleSchedule(schedule => schedule
                .WithInterval(TimeSpan.FromSeconds(sync.IntervalSeconds)).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.NextWithRemainingCount))
            .Build();
        await PutAsync(sync, trigger, cancellationToken);
    }

    public async Task<bool> IsPlannedAsync(Sync sync, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        return await scheduler.GetTrigger(Key(sync), cancellationToken) is not null;
    }

    public async Task UnplanAsync(Sync sync, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        await scheduler.UnscheduleJob(Key(sync), cancellationToken);
    }

    private async Task PutAsync(Sync sync, ITrigger trigger, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        var job = JobBuilder.Create<ConnectionJob>().WithIdentity(Job(sync)).StoreDurably().Build();
        await scheduler.AddJob(job, new AddJobOptions { Replace = true }, cancellationToken);
        await scheduler.UnscheduleJob(trigger.Key, cancellationToken);
        await scheduler.ScheduleJob(trigger, cancellationToken: cancellationToken);
    }

    private static JobKey Job(Sync sync) => new(Text(sync.ConnectionId), "connection");

    private static TriggerKey Key(Sync sync) => new(Text(sync.Id), "sync");

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
}
