using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Muster.Control;
using Muster.Scheduling;
using Muster.Syncs.Runs;
using Muster.Tests.Unit.Syncs;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Scheduling;

/// <summary>What a start finds after the process was down.</summary>
public sealed class InterruptedRunsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_ManySyncsBecameDueMeanwhile_TheyAreSpreadAndNoneWaitsForLong()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        await MakeAsync(world, count: 40, dueAt: Now.AddMinutes(-3), intervalSeconds: 900);
        var schedule = new Plans();

        await new InterruptedRuns(world, schedule, new FakeTimeProvider(Now)).StartAsync(Stop);

        var starts = schedule.Planned.Values.Order().ToList();
        starts.Count.ShouldBe(40);
        starts[0].ShouldBe(Now);
        starts[^1].ShouldBeInRange(Now.AddSeconds(50), Now.AddSeconds(60));
        starts.Zip(starts.Skip(1), (a, b) => b - a).ShouldAllBe(gap => gap == TimeSpan.FromSeconds(1.5));
        await using var db = world.CreateDbContext();
        (await db.Syncs.Where(s => s.Id > 1).ToListAsync(Stop)).ShouldAllBe(s => s.NextRunAt == schedule.Planned[s.Id]);
    }

    [Fact]
    public async Task Start_ShortIntervals_AreMadeUpForWithinATenthOfThem()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        await MakeAsync(world, count: 10, dueAt: Now.AddSeconds(-5), intervalSeconds: 60);
        var schedule = new Plans();

        await new InterruptedRuns(world, schedule, new FakeTimeProvider(Now)).StartAsync(Stop);

        schedule.Planned.Values.ShouldAllBe(at => at >= Now && at < Now.AddSeconds(6));
        schedule.Planned.Values.ShouldBeUnique();
    }

    [Fact]
    public async Task Start_NotDueYet_StaysAsPlanned()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        await MakeAsync(world, count: 3, dueAt: Now.AddMinutes(2), intervalSeconds: 900);
        var schedule = new Plans { AreThere = true };

        await new InterruptedRuns(world, schedule, new FakeTimeProvider(Now)).StartAsync(Stop);

        schedule.Planned.ShouldBeEmpty();
    }

    [Fact]
    public async Task Start_KilledBeforeTheSchedulerWasTold_IsPlanned()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        await MakeAsync(world, count: 1, dueAt: Now.AddMinutes(2), intervalSeconds: 900);
        var schedule = new Plans();

        await new InterruptedRuns(world, schedule, new FakeTimeProvider(Now)).StartAsync(Stop);

        schedule.Planned.Values.ShouldBe([Now.AddMinutes(2)]);
    }

    private static async Task MakeAsync(SyncWorld world, int count, DateTimeOffset dueAt, int intervalSeconds)
    {
        await world.ChangeSyncAsync(sync => sync.Status = SyncStatus.NotActive);
        await using var db = world.CreateDbContext();
        for (var id = 2; id < count + 2; id++)
        {
            db.Add(new Sync
            {
                Id = id,
                ProjectId = 1,
                CohortId = 1,
                ConnectionId = id,
                Type = SyncType.Dynamic,
                IntervalSeconds = intervalSeconds,
                Status = SyncStatus.Active,
                ListName = "",
                NextRunAt = dueAt,
                CreatedAt = dueAt,
                CreatedBy = "test",
            });
        }

        await db.SaveChangesAsync(Stop);
    }

    private sealed class Plans : ISyncSchedule
    {
        public bool AreThere { get; init; }

        public Dictionary<int, DateTimeOffset> Planned { get; } = [];

        public Task EnqueueAsync(Sync sync, long runId, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task PlanAsync(Sync sync, DateTimeOffset firstAt, CancellationToken cancellationToken)
        {
            Planned.Add(sync.Id, firstAt);
            return Task.CompletedTask;
        }

        public Task<bool> IsPlannedAsync(Sync sync, CancellationToken cancellationToken) => Task.FromResult(AreThere);

        public Task UnplanAsync(Sync sync, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
