using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Muster.Syncs.Delivery;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Iterable.Calls;

public sealed class CallSpanTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SendAsync_TriedAgain_IsOneSpanThatCountsTheTries()
    {
        using var iterable = new ScriptedIterable();
        iterable.Then(HttpStatusCode.TooManyRequests).Then(HttpStatusCode.OK, Batches.Fine);

        var span = (await WatchAsync(() => iterable.Open(connectionId: 4).SendAsync(Batches.AddOne(), Token))).ShouldHaveSingleItem();

        span.OperationName.ShouldBe("subscribe");
        span.Kind.ShouldBe(ActivityKind.Client);
        span.GetTagItem("muster.connection.id").ShouldBe(4);
        span.GetTagItem("muster.list.id").ShouldBe(7L);
        span.GetTagItem("muster.subscribers").ShouldBe(1);
        span.GetTagItem("muster.tries").ShouldBe(2);
        span.Status.ShouldBe(ActivityStatusCode.Unset);
        span.TagObjects.ShouldAllBe(tag => !$"{tag.Value}".Contains("ann@") && !$"{tag.Value}".Contains(ScriptedIterable.Key));
    }

    [Fact]
    public async Task SendAsync_Refused_TheSpanSaysHow()
    {
        using var iterable = new ScriptedIterable();
        iterable.Then(HttpStatusCode.Unauthorized);

        var span = (await WatchAsync(() => Should.ThrowAsync<DestinationException>(() => iterable.Open().SendAsync(Batches.AddOne(), Token)))).ShouldHaveSingleItem();

        span.Status.ShouldBe(ActivityStatusCode.Error);
        span.GetTagItem("error.type").ShouldBe("unauthorized");
        span.GetTagItem("http.response.status_code").ShouldBe(401);
    }

    // Other tests run at the same time: what belongs to this one has its trace.
    private static async Task<List<Activity>> WatchAsync(Func<Task> work)
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Muster.Iterable.Telemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var root = new Activity("test").Start();
        await work();
        return [.. ended.Where(s => s.TraceId == root.TraceId)];
    }
}
