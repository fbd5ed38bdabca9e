using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Muster.Control;
using Muster.Syncs.Runs;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Syncs.Runs;

public sealed class LatenessTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-7, -7)]
    [InlineData(null, 0)]
    [InlineData(60, 0)]
    public async Task Add_ScheduledRunBeginsLate_HasWaitedSinceItWasDue(int? dueInSeconds, int waitedSeconds)
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        await using var db = world.CreateDbContext();
        var due = dueInSeconds is { } seconds ? Now.AddSeconds(seconds) : (DateTimeOffset?)null;

        var run = await RunQueue.AddAsync(
            db, await db.Syncs.SingleAsync(TestContext.Current.CancellationToken), RunTrigger.Schedule, approved: false, new FakeTimeProvider(Now),
            TestContext.Current.CancellationToken, due);

        run.QueuedAt.ShouldBe(Now.AddSeconds(waitedSeconds));
    }
}
