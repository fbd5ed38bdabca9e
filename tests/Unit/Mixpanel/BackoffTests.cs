using Microsoft.Extensions.Time.Testing;
using Muster.Mixpanel.Calls;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Mixpanel;

public sealed class BackoffTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Failed_AgainAndAgain_DoublesFromTwoToSixtySecondsWithOneToFiveMore()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(2), _clock);
        foreach (var seconds in (int[])[2, 4, 8, 16, 32, 60, 60])
        {
            var (_, delay) = backoff.Failed(null);
            delay.TotalSeconds.ShouldBeInRange(seconds + 1, seconds + 5);
            backoff.Until.ShouldBe(_clock.GetUtcNow() + delay);
            _clock.Advance(delay);
        }

        backoff.Answered();
        backoff.Failed(null).Delay.TotalSeconds.ShouldBeInRange(3, 7);
    }

    [Fact]
    public void Failed_AskedToWait_WaitsAtLeastSoLong()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(2), _clock);

        backoff.Failed(TimeSpan.FromSeconds(45)).Delay.ShouldBe(TimeSpan.FromSeconds(45));
        backoff.Failed(TimeSpan.FromDays(1)).Delay.ShouldBe(TimeSpan.FromMinutes(5));
        _clock.Advance(TimeSpan.FromMinutes(5));
        backoff.Failed(TimeSpan.FromSeconds(-3)).Delay.ShouldBeGreaterThan(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public void Failed_CallsOnTheirWay_AreOneFailure()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(2), _clock);

        backoff.Failed(null).Failures.ShouldBe(1);
        backoff.Failed(null).Failures.ShouldBe(1);
        backoff.Answered();
        backoff.Failed(null).Delay.TotalSeconds.ShouldBeInRange(3, 7);
    }

    [Fact]
    public async Task Wait_Paused_ReturnsWhenThePauseIsOver()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(2), _clock);
        var (_, delay) = backoff.Failed(null);

        var waiting = backoff.WaitAsync(TestContext.Current.CancellationToken);

        waiting.IsCompleted.ShouldBeFalse();
        _clock.Advance(delay);
        await waiting;
    }
}
