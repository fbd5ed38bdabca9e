using Microsoft.Extensions.Time.Testing;
using Muster.Web.Syncs;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Web;

public sealed class RunSpeedTests
{
    [Fact]
    public void Text_TwoLooks_SaysSpeedAndTimeLeft()
    {
        var clock = new FakeTimeProvider();
        var speed = new RunSpeed(clock);
        speed.Note(0);
        clock.Advance(TimeSpan.FromSeconds(10));
        speed.Note(1000);
        speed.Text(9000).ShouldBe("");
        clock.Advance(TimeSpan.FromSeconds(2));
        speed.Note(3000);

        speed.PerSecond.ShouldBe(1000);
        speed.Text(60_000).ShouldBe(", 1,000 members/s, 60 seconds left");
    }
}
