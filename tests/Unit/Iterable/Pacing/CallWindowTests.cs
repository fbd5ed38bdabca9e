using Muster.Iterable.Pacing;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Iterable.Pacing;

public sealed class CallWindowTests
{
    [Theory]
    [InlineData(5, 50, CallWindow.Smallest)]
    [InlineData(5, 500, CallWindow.Smallest)]
    [InlineData(5, 2000, 15)]
    [InlineData(5, 10_000, 64)]
    [InlineData(50, 50, CallWindow.Smallest)]
    [InlineData(50, 2000, 126)]
    [InlineData(50, 30_000, CallWindow.Largest)]
    [InlineData(0, 5, CallWindow.Smallest)]
    [InlineData(0, 500, 252)]
    [InlineData(0, 2000, CallWindow.Largest)]
    public void Size_ManyAnswersOfOneLatency_HasRoomForTheRateAndLittleMore(double rate, int latencyMs, int expected)
    {
        using var pacer = Pacer.Evenly(rate, new JumpClock());
        var window = new CallWindow(pacer);
        for (var i = 0; i < 60; i++)
        {
            window.Note(TimeSpan.FromMilliseconds(latencyMs));
        }

        window.Size.ShouldBeInRange(expected - 1, expected);
        window.Size.ShouldBeGreaterThanOrEqualTo(Math.Min(CallWindow.Largest, (int)(rate * latencyMs / 1000)));
    }

    [Fact]
    public void Size_BeforeTheFirstAnswer_ReachesTheRateAtTwoSeconds()
    {
        using var limited = Pacer.Evenly(5, new JumpClock());
        using var unlimited = Pacer.Evenly(0, new JumpClock());
        new CallWindow(limited).Size.ShouldBe(15);
        new CallWindow(unlimited).Size.ShouldBe(CallWindow.Smallest);
    }

    [Fact]
    public async Task Size_PacerWasSlowed_IsLessAsWell()
    {
        using var pacer = Pacer.Evenly(50, new JumpClock());
        var window = new CallWindow(pacer);
        for (var i = 0; i < 2; i++)
        {
            pacer.SlowDown(await pacer.TakeAsync(TestContext.Current.CancellationToken), pause: null, tooFast: true);
        }

        window.Size.ShouldBe(58);
    }

    [Fact]
    public void Note_OneSlowAnswer_CountsAtOnceAndFades()
    {
        using var pacer = Pacer.Evenly(50, new JumpClock());
        var window = new CallWindow(pacer);
        void Note(int times, double seconds)
        {
            for (var i = 0; i < times; i++)
            {
                window.Note(TimeSpan.FromSeconds(seconds));
            }
        }

        Note(60, 0.1);
        var before = window.Size;
        Note(1, 4);
        window.Size.ShouldBeGreaterThan(100);
        Note(40, 0.1);
        window.Size.ShouldBeInRange(before, before + 2);
    }
}
