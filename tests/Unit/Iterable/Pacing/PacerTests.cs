using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Muster.Iterable.Pacing;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Iterable.Pacing;

public class PacerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0.5)]
    [InlineData(5)]
    [InlineData(50)]
    public async Task TakeAsync_AlwaysAsked_ReachesTheRateWithoutDrift(double rate)
    {
        using var pacer = Pacer.Evenly(rate, new JumpClock());
        var released = await TakeAsync(pacer, 2000);
        var reached = (released.Count - 1) / (released[^1] - released[0]).TotalSeconds;
        reached.ShouldBeInRange(rate * 0.985, rate);
    }

    [Fact]
    public async Task TakeAsync_TimersFireLate_StillReachesTheRate()
    {
        var random = new Random(1);
        using var pacer = Pacer.Evenly(5, new JumpClock { Lateness = () => TimeSpan.FromMilliseconds(random.NextDouble() * 8) });
        var released = await TakeAsync(pacer, 2000);
        ((released.Count - 1) / (released[^1] - released[0]).TotalSeconds).ShouldBeInRange(5 * 0.98, 5);
    }

    [Fact]
    public void TakeAsync_WhateverHappens_NoWindowHoldsMoreThanTheRate() =>
        Gen.Select(Gen.Double[0.3, 60], Gen.Int, Gen.Int[0, 200]).Sample((rate, seed, latest) =>
        {
            var random = new Random(seed);
            var clock = new JumpClock { Lateness = () => TimeSpan.FromMilliseconds(random.Next(latest + 1)) };
            using var pacer = Pacer.Evenly(rate, clock);
            var released = new List<TimeSpan>();
            for (var i = 0; i < 300; i++)
            {
                var departure = pacer.TakeAsync(Token).AsTask().GetAwaiter().GetResult();
                released.Add(departure.ReleasedAt);
                switch (random.Next(20))
                {
                    case 0:
                        clock.Advance(TimeSpan.FromMilliseconds(random.Next(3000)));
                        break;
                    case 1:
                        pacer.SlowDown(departure, TimeSpan.FromMilliseconds(random.Next(3000)), tooFast: random.Next(2) == 0);
                        break;
                }
            }

            NoWindowHoldsMore(released, (int)Math.Ceiling(rate), TimeSpan.FromSeconds(1));
        });

    /// <summary>
    /// As the server sees it: whoever opens a connection first is on the way for longer, and each call travels for a
    /// little longer or shorter than the others. No second at the server holds more than the rate, so nothing is refused.
    /// </summary>
    [Fact]
    public void TakeAsync_NewConnectionsTakeTheirTime_NoSecondAtTheServerHoldsMoreThanTheRate() =>
        Gen.Select(Gen.Double[0.5, 60], Gen.Int, Gen.Int[0, 30], Gen.Int[0, 800]).Sample((rate, seed, latest, connecting) =>
        {
            var random = new Random(seed);
            var clock = new JumpClock { Lateness = () => TimeSpan.FromMilliseconds(random.Next(latest + 1)) };
            using var pacer = Pacer.Evenly(rate, clock);
            var start = clock.GetUtcNow();
            var arrivals = new List<TimeSpan>();
            for (var i = 0; i < 200; i++)
            {
                var departure = pacer.TakeAsync(Token).AsTask().GetAwaiter().GetResult();
                // A third of the calls find no open connection.
                var wait = random.Next(3) == 0 ? random.Next(connecting + 1) : 0;
                clock.At(clock.GetUtcNow().AddMilliseconds(wait), () =>
                {
                    pacer.Left(departure);
                    arrivals.Add(clock.GetUtcNow() - start + TimeSpan.FromMilliseconds(40 + (9.9 * random.NextDouble())));
                });
            }

            clock.Advance(TimeSpan.FromSeconds(1));
            arrivals.Sort();
            NoWindowHoldsMore(arrivals, (int)Math.Ceiling(rate), TimeSpan.FromSeconds(1));
        });

    [Fact]
    public async Task TakeAsync_AfterAPause_DoesNotCatchUp()
    {
        var clock = new JumpClock();
        using var pacer = Pacer.Evenly(5, clock);
        await pacer.TakeAsync(Token);
        clock.Advance(TimeSpan.FromMinutes(5));
        var released = await TakeAsync(pacer, 3);
        (released[1] - released[0]).TotalMilliseconds.ShouldBe(202, 1.1);
        (released[2] - released[0]).TotalMilliseconds.ShouldBe(404, 1.1);
    }

    [Fact]
    public async Task SlowDown_OneRefusalAfterACalmTime_SlowsByATenthForAFewSeconds()
    {
        var clock = new JumpClock();
        using var pacer = Pacer.Evenly(5, clock);
        await TakeAsync(pacer, 3);
        pacer.SlowDown(await pacer.TakeAsync(Token), pause: null, tooFast: true);
        pacer.Rate.ShouldBe(5 * 0.99 * 0.9, 0.001);

        clock.Advance(TimeSpan.FromSeconds(1 + 6));
        pacer.Rate.ShouldBe(5 * 0.99, 0.001);
    }

    [Fact]
    public async Task SlowDown_OneEarlyRefusal_CostsAPushOfAHundredCallsLittle()
    {
        using var pacer = Pacer.Evenly(5, new JumpClock());
        var first = await TakeAsync(pacer, 1);
        pacer.SlowDown(await pacer.TakeAsync(Token), pause: TimeSpan.FromSeconds(1), tooFast: true);
        var last = (await TakeAsync(pacer, 99))[^1];
        (100 / 5.0 / (last - first[0]).TotalSeconds).ShouldBeGreaterThan(0.92);
    }

    [Fact]
    public async Task SlowDown_RefusedAgainSoon_HalvesAndFindsItsWayBackInAMinute()
    {
        var clock = new JumpClock();
        using var pacer = Pacer.Evenly(10, clock);
        pacer.SlowDown(await pacer.TakeAsync(Token), pause: null, tooFast: true);
        clock.Advance(TimeSpan.FromSeconds(20));
        pacer.SlowDown(await pacer.TakeAsync(Token), pause: null, tooFast: true);
        pacer.Rate.ShouldBe(10 * 0.99 / 2, 0.001);

        var rates = new List<double>();
        for (var second = 0; second < 60; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            rates.Add(pacer.Rate);
        }

        rates.ShouldBeInOrder();
        rates[10].ShouldBeInRange(5.5, 7.5);
        rates[^1].ShouldBe(9.9, 0.001);
        var released = await TakeAsync(pacer, 11);
        (released[10] - released[0]).TotalSeconds.ShouldBe(1.01, 0.01);
    }

    [Fact]
    public async Task SlowDown_CallsReleasedBeforeTheLastOne_AreNotCountedAgain()
    {
        using var pacer = Pacer.Evenly(8, new JumpClock());
        var released = new List<Pacer.Departure>();
        for (var i = 0; i < 4; i++)
        {
            released.Add(await pacer.TakeAsync(Token));
        }

        released.ForEach(departure => pacer.SlowDown(departure, pause: null, tooFast: true));
        pacer.Rate.ShouldBe(8 * 0.99 * 0.9, 0.001);
    }

    [Fact]
    public async Task SlowDown_AgainAndAgain_KeepsTryingNowAndThen()
    {
        using var pacer = Pacer.Evenly(5, new JumpClock());
        for (var i = 0; i < 20; i++)
        {
            pacer.SlowDown(await pacer.TakeAsync(Token), TimeSpan.Zero, tooFast: true);
        }

        pacer.Rate.ShouldBeInRange(0.2, 0.3);
    }

    [Fact]
    public async Task SlowDown_AskedToWait_LetsNothingGoBefore()
    {
        using var pacer = Pacer.Evenly(0, new JumpClock());
        var first = await pacer.TakeAsync(Token);
        pacer.SlowDown(first, TimeSpan.FromSeconds(17), tooFast: false);
        ((await pacer.TakeAsync(Token)).ReleasedAt - first.ReleasedAt).TotalSeconds.ShouldBe(17, 0.01);
    }

    [Fact]
    public async Task TakeAsync_NoLimit_GoesAtOnce()
    {
        var clock = new JumpClock();
        using var pacer = Pacer.Evenly(0, clock);
        await TakeAsync(pacer, 1000);
        clock.Waits.ShouldBeEmpty();
    }

    [Fact]
    public async Task TakeAsync_PerMinute_LetsABurstGoAndThenWaits()
    {
        using var pacer = Pacer.PerMinute(5, new JumpClock());
        var released = await TakeAsync(pacer, 31);
        (released[4] - released[0]).ShouldBe(TimeSpan.Zero);
        (released[30] - released[0]).TotalSeconds.ShouldBe(6 * 60.6, 1);
        NoWindowHoldsMore(released, 5, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task TakeAsync_CancelledWhileWaiting_LeavesNoGap()
    {
        var clock = new WatchedClock();
        using var pacer = Pacer.Evenly(1, clock);
        using var gaveUp = new CancellationTokenSource();
        var first = await pacer.TakeAsync(Token);
        var second = pacer.TakeAsync(gaveUp.Token).AsTask();
        var third = pacer.TakeAsync(Token).AsTask();
        await clock.TimerMade(Token);

        await gaveUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => second);
        await clock.TimerMade(Token);
        clock.Advance(TimeSpan.FromMilliseconds(1011));

        ((await third).ReleasedAt - first.ReleasedAt).TotalMilliseconds.ShouldBe(1011, 1);
    }

    [Fact]
    public async Task TakeAsync_SeveralSyncsAsk_EachCallGoesInItsTurn()
    {
        var clock = new FakeTimeProvider();
        using var pacer = Pacer.Evenly(50, clock);
        var asked = Enumerable.Range(0, 24).Select(_ => pacer.TakeAsync(Token).AsTask()).ToList();
        while (asked.Exists(call => !call.IsCompleted))
        {
            clock.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        // With windows of one size no sync gets more than another, however many there are.
        var released = (await Task.WhenAll(asked)).Select(departure => departure.ReleasedAt).ToList();
        released.ShouldBeInOrder();
        released.ShouldBeUnique();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    public async Task SlowDown_IterableAllowsLess_SettlesNearWhatItAllows(int allowed)
    {
        var clock = new JumpClock();
        using var pacer = Pacer.Evenly(5, clock);
        var answered = new Queue<TimeSpan>();
        var (taken, refused) = (0, 0);
        var first = (await pacer.TakeAsync(Token)).ReleasedAt;
        var at = first;
        while (at - first < TimeSpan.FromMinutes(10))
        {
            var departure = await pacer.TakeAsync(Token);
            at = departure.ReleasedAt;
            while (answered.TryPeek(out var oldest) && at - oldest >= TimeSpan.FromSeconds(1))
            {
                answered.Dequeue();
            }

            if (answered.Count < allowed)
            {
                answered.Enqueue(at);
                taken++;
            }
            else
            {
                refused++;
                pacer.SlowDown(departure, pause: null, tooFast: true);
            }
        }

        (taken / (at - first).TotalSeconds).ShouldBeInRange(0.7 * allowed, allowed);
        ((double)refused / (taken + refused)).ShouldBeLessThan(0.12);
    }

    private static async Task<List<TimeSpan>> TakeAsync(Pacer pacer, int count)
    {
        var released = new List<TimeSpan>(count);
        for (var i = 0; i < count; i++)
        {
            released.Add((await pacer.TakeAsync(Token)).ReleasedAt);
        }

        return released;
    }

    private static void NoWindowHoldsMore(List<TimeSpan> released, int calls, TimeSpan window)
    {
        for (var i = calls; i < released.Count; i++)
        {
            (released[i] - released[i - calls]).ShouldBeGreaterThan(window);
        }
    }

    private sealed class WatchedClock : FakeTimeProvider
    {
        private readonly SemaphoreSlim _timers = new(0);

        public Task TimerMade(CancellationToken cancellationToken) => _timers.WaitAsync(cancellationToken);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _timers.Release();
            return timer;
        }
    }
}
