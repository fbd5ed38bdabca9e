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

    public Task PlanAsync(Sync sync, DateTimeOffset firstAt, CancellationToken cancellationToken) =>
        PutAsync(sync, TriggerOf(sync, firstAt), cancellationToken);

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

    /// <summary>The trigger of a sync's scheduled runs.</summary>
    internal static ITrigger TriggerOf(Sync sync, DateTimeOffset firstAt) => TriggerBuilder.Create()
        .WithIdentity(Key(sync))
        .ForJob(Job(sync))
        .UsingJobData(ConnectionJob.SyncKey, Text(sync.Id))
        .StartAt(firstAt)
        // A time that passed while another sync's run held the connection is made up for as soon as it is free, and the
        // next ones count from there. Waiting for the next regular time instead would let a long run that comes at the
        // same times keep the others of its connection from ever running.
        .WithSimpleSchedule(schedule => schedule
            .WithInterval(TimeSpan.FromSeconds(sync.IntervalSeconds)).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.NowWithRemainingCount))
        .Build();

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
