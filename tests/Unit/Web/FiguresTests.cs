using Muster.Web.Elements;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Web;

public sealed class FiguresTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-3, "just now")]
    [InlineData(-60, "60 seconds ago")]
    [InlineData(-900, "15 minutes ago")]
    [InlineData(-7200, "2 hours ago")]
    [InlineData(-172_800, "2 days ago")]
    [InlineData(7200, "in 2 hours")]
    public void Relative_Distance_IsInTheUnitThatSuits(int seconds, string text) =>
        Figures.Relative(Now.AddSeconds(seconds), Now).ShouldBe(text);

    [Fact]
    public void Of_Numbers_AreGroupedAndCounted()
    {
        Figures.Of(1_234_567).ShouldBe("1,234,567");
        Figures.Of(1, "member").ShouldBe("1 member");
        Figures.Of(1200, "member").ShouldBe("1,200 members");
    }

    [Fact]
    public void Bytes_Sizes_HaveTheirUnit()
    {
        Figures.Bytes(999).ShouldBe("999 B");
        Figures.Bytes(1536).ShouldBe("1.5 KB");
        Figures.Bytes(5L * 1024 * 1024 * 1024).ShouldBe("5.0 GB");
    }

    [Fact]
    public void Percent_OfNothing_IsZero()
    {
        Figures.Percent(5, 0).ShouldBe(0);
        Figures.Percent(5, 10).ShouldBe(50);
        Figures.Percent(20, 10).ShouldBe(100);
    }
}
