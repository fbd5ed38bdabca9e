using System.Collections.Concurrent;
using System.Diagnostics;
using Muster.Control;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Syncs.Runs;

public sealed class RunTraceTests
{
    [Fact]
    public async Task Execute_Watched_HasASpanForTheRunAndOneInItForEachStep()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, "ann@x.io", null), new Person(2, true, null, null)]);

        var spans = await WatchAsync(() => world.RunAsync());

        var run = spans.Single(s => s.OperationName == "run");
        run.GetTagItem("muster.run.status").ShouldBe("succeeded");
        run.GetTagItem("muster.run.adds").ShouldBe(1L);
        run.Status.ShouldBe(ActivityStatusCode.Unset);
        var steps = spans.Where(s => s != run).OrderBy(s => s.StartTimeUtc).ToList();
        steps.ConvertAll(s => s.OperationName).ShouldBe(["list", "stage", "match", "plan", "push", "settle"]);
        steps.ShouldAllBe(s => s.ParentSpanId == run.SpanId);
        spans.SelectMany(s => s.TagObjects).ShouldAllBe(tag => !$"{tag.Value}".Contains("ann@"));
    }

    [Fact]
    public async Task Execute_RunFails_TheSpanSaysWhy()
    {
        await using var world = await SyncWorld.CreateAsync(ProjectType.Email);
        world.Put([new Person(1, true, null, null)]);

        var spans = await WatchAsync(() => world.RunAsync());

        var run = spans.Single(s => s.OperationName == "run");
        run.Status.ShouldBe(ActivityStatusCode.Error);
        run.GetTagItem("error.type").ShouldBe("no_matchable_members");
    }

    // Other tests run at the same time: what belongs to this one has its trace.
    private static async Task<List<Activity>> WatchAsync(Func<Task> work)
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Muster.Syncs.Telemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var root = new Activity("test").Start();
        await work();
        return [.. ended.Where(s => s.TraceId == root.TraceId)];
    }
}
