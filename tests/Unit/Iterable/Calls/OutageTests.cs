using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Muster.Control;
using Muster.Iterable;
using Muster.Iterable.Calls;
using Muster.Iterable.Delivery;
using Muster.Iterable.Pacing;
using Muster.Syncs.Delivery;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Iterable.Calls;

/// <summary>Iterable is down for a while, with many dynamic syncs on one connection: few calls while it lasts, no storm afterwards.</summary>
public sealed class OutageTests
{
    private const int Rate = 5;
    private const int Syncs = 20;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Begins = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Ends = TimeSpan.FromMinutes(40);
    private static readonly TimeSpan Watched = TimeSpan.FromMinutes(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, null)]
    [InlineData(HttpStatusCode.TooManyRequests, "30")]
    [InlineData(HttpStatusCode.OK, null)]
    public async Task Runs_OutageOfHalfAnHour_AreFewCallsWhileItLastsAndNoStormAfterwards(HttpStatusCode status, string? retryAfter)
    {
        using var iterable = new Iterable(status, retryAfter);
        var due = Enumerable.Range(0, Syncs).Select(n => Interval * n / Syncs).ToArray();
        var succeededAt = new TimeSpan[Syncs];
        while (iterable.Now < Watched)
        {
            // One connection runs one sync after another; who became due meanwhile goes when it is free.
            var sync = Array.IndexOf(due, due.Min());
            iterable.Clock.Advance(due[sync] > iterable.Now ? due[sync] - iterable.Now : TimeSpan.Zero);
            due[sync] = iterable.Now + Interval;
            try
            {
                await RunAsync(iterable.Open(), calls: 4);
                succeededAt[sync] = iterable.Now;
            }
            catch (DestinationException e)
            {
                e.IsTransient.ShouldBeTrue(e.Message);
            }
        }

        // What the first two runs try before the circuit opens, then five tries of one call in each rest.
        var during = iterable.Asked.Where(call => call.At > Begins && call.At < Ends).ToList();
        during.Count.ShouldBeLessThan(5 * 30);
        during.Count.ShouldBeGreaterThan(30, "it is found out when the outage is over");
        if (status != HttpStatusCode.TooManyRequests)
        {
            during.Count.ShouldBeLessThan(130);
        }

        // Every sync is true again within two intervals, and at no moment do calls come faster than the rate.
        iterable.Asked.ShouldContain(call => call.At > Ends && call.At < Ends + Interval + Interval);
        succeededAt.ShouldAllBe(at => at > Watched - Interval - Interval);
        var updates = iterable.Asked.Where(call => call.Path.StartsWith("/api/lists/", StringComparison.Ordinal)).Select(call => call.At).ToList();
        for (var i = Rate; i < updates.Count; i++)
        {
            (updates[i] - updates[i - Rate]).ShouldBeGreaterThan(TimeSpan.FromSeconds(1));
        }

        var looks = iterable.Asked.Where(call => call.Path == "/api/lists").Select(call => call.At).ToList();
        for (var i = Syncs; i < looks.Count; i++)
        {
            (looks[i] - looks[i - Syncs]).ShouldBeGreaterThan(TimeSpan.FromSeconds(1), "looks at the lists");
        }
    }

    [Fact]
    public async Task Send_OthersFoundThatIterableIsDown_IsNotTriedAgain()
    {
        using var iterable = new Iterable(HttpStatusCode.BadGateway, retryAfter: null);
        iterable.Clock.Advance(Begins + TimeSpan.FromMinutes(1));
        var held = iterable.HoldNext();
        var waiting = iterable.Open().SendAsync(Batches.AddOne(), Token);
        for (var call = 0; call < 2; call++)
        {
            await Should.ThrowAsync<DestinationException>(() => iterable.Open().SendAsync(Batches.AddOne(), Token));
        }

        var asked = iterable.Asked.Count;
        held.SetResult();

        (await Should.ThrowAsync<DestinationException>(() => waiting)).Code.ShouldBe("iterable_unavailable");
        iterable.Asked.Count.ShouldBe(asked);
    }

    private static async Task RunAsync(IterableDestination destination, int calls)
    {
        await destination.HasListAsync(7, Token);
        for (var call = 0; call < calls; call++)
        {
            await destination.SendAsync(Batches.AddOne(), Token);
        }
    }

    private sealed class Iterable : HttpMessageHandler
    {
        private readonly HttpStatusCode _status;
        private readonly string? _retryAfter;
        private readonly IterableOptions _options = new() { UsUrl = new Uri("http://iterable.test"), Rate = Rate };
        private readonly DateTimeOffset _start;
        private readonly ConnectionLane _lane;
        private TaskCompletionSource? _held;

        public Iterable(HttpStatusCode status, string? retryAfter)
        {
            (_status, _retryAfter, _start) = (status, retryAfter, Clock.GetUtcNow());
            _lane = new ConnectionLane(1, _options, Clock, NullLogger.Instance);
        }

        public JumpClock Clock { get; } = new();

        public TimeSpan Now => Clock.GetUtcNow() - _start;

        public List<(string Path, TimeSpan At)> Asked { get; } = [];

        public TaskCompletionSource HoldNext() => _held = new TaskCompletionSource();

        public IterableDestination Open()
        {
            var counter = new DeliveryCounter();
            var http = new IterableHttp(new HttpClient(this, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan }, _options.UsUrl, "key", Clock);
            return new IterableDestination(new IterableClient(http, ProjectType.Email, _lane, counter, _options), _lane, counter);
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add((request.RequestUri!.AbsolutePath, Now));
            if (Interlocked.Exchange(ref _held, null) is { } held)
            {
                await held.Task;
            }

            Clock.Advance(TimeSpan.FromMilliseconds(30));
            if (Now > Begins && Now < Ends)
            {
                var refusal = new HttpResponseMessage(_status) { Content = new StringContent("<html>down</html>", Encoding.UTF8, "text/html") };
                if (_retryAfter is not null)
                {
                    refusal.Headers.TryAddWithoutValidation("Retry-After", _retryAfter);
                }

                return refusal;
            }

            var body = request.Method == HttpMethod.Get ? """{"lists":[{"id":7,"name":"l","createdAt":0,"listType":"Standard"}]}""" : Batches.Fine;
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        }

        protected override void Dispose(bool disposing)
        {
            _lane.Dispose();
            base.Dispose(disposing);
        }
    }
}
