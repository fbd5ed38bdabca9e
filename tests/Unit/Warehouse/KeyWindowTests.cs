using CsCheck;
using Muster.Warehouse.DuckDb.People;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Warehouse;

public sealed class KeyWindowTests
{
    [Fact]
    public void Contains_AnyOrderOfAdds_HoldsAtLeastTheLatest() =>
        Gen.Select(Gen.ULong, Gen.ULong).Select((a, b) => new UInt128(a, b | 1)).List[0, 3000].Sample(keys =>
        {
            var window = new KeyWindow(512);
            var added = new List<UInt128>();
            foreach (var key in keys.Distinct())
            {
                window.Contains(key).ShouldBeFalse();
                window.Add(key);
                added.Add(key);
            }

            added.TakeLast(window.Guaranteed).ShouldAllBe(key => window.Contains(key));
            window.Count.ShouldBeLessThanOrEqualTo(4 * 512 * 4 / 5);
        });

    [Fact]
    public void Add_BeyondTheBound_ForgetsTheOldest()
    {
        var window = new KeyWindow(64);
        for (var i = 1; i <= 1000; i++)
        {
            window.Add((UInt128)i);
        }

        window.Contains(1).ShouldBeFalse();
        window.Contains(1000).ShouldBeTrue();
    }

    [Fact]
    public void Contains_KeysThatShareASlot_AreToldApart()
    {
        var window = new KeyWindow(64);
        window.Add(5);
        window.Add(5 + 64);
        window.Add(5 + 128);

        window.Contains(5 + 64).ShouldBeTrue();
        window.Contains(5 + 128).ShouldBeTrue();
        window.Contains(5 + 192).ShouldBeFalse();
    }
}
