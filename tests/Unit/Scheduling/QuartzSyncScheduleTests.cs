using Muster.Control;
using Muster.Scheduling;
using Quartz.Extensibility;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Scheduling;

public sealed class QuartzSyncScheduleTests
{
    [Fact]
    public void TriggerOf_ItsTimePassedWhileTheConnectionWasBusy_FiresAtOnceAndCountsFromThere()
    {
        var now = TimeProvider.System.GetUtcNow();
        var sync = new Sync
        {
            Id = 1,
            ProjectId = 1,
            CohortId = 1,
            ConnectionId = 1,
            Type = SyncType.Dynamic,
            IntervalSeconds = 900,
            Status = SyncStatus.Active,
            ListName = "",
            CreatedAt = now,
            CreatedBy = "test",
        };
        var trigger = (IOperableTrigger)QuartzSyncSchedule.TriggerOf(sync, now.AddMinutes(-5));
        trigger.ComputeFirstFireTimeUtc(null);

        trigger.UpdateAfterMisfire(null);

        var fires = trigger.NextFireTimeUtc!.Value;
        fires.ShouldBe(now, TimeSpan.FromMinutes(1));
        trigger.GetFireTimeAfter(fires).ShouldBe(fires.AddSeconds(900));
    }
}
