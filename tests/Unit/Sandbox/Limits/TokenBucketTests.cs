using Microsoft.Extensions.Time.Testing;
using Muster.Sandbox;
using Muster.Sandbox.Limits;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Sandbox.Limits;

public sealed class TokenBucketTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Take_BeyondCapacity_TellsTheWait()
    {
        var bucket = new TokenBucket(5, TimeSpan.FromSeconds(1), _clock);
        for (var call = 0; call < 5; call++)
        {
            bucket.Take().ShouldBe(TimeSpan.Zero);
        }

        bucket.Take().TotalMilliseconds.ShouldBe(200, tolerance: 1);
        _clock.Advance(TimeSpan.FromMilliseconds(210));
        bucket.Take().ShouldBe(TimeSpan.Zero);
        bucket.Take().ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Fact]
    public void Take_OverALongTime_IsTheRateAndNoMore()
    {
        var bucket = new TokenBucket(5, TimeSpan.FromSeconds(1), _clock);
        var through = 0;
        for (var tick = 0; tick < 1_000; tick++)
        {
            through += bucket.Take() == TimeSpan.Zero ? 1 : 0;
            _clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        through.ShouldBeInRange(500, 505);
    }

    [Fact]
    public void Limits_Membership_AreCountedPerKey()
    {
        var limits = new CallLimits(_clock);
        var options = new SandboxOptions { Rate = 1 };

        limits.Take(CallLimit.Membership, "a", options).ShouldBe(TimeSpan.Zero);
        limits.Take(CallLimit.Membership, "a", options).ShouldBeGreaterThan(TimeSpan.Zero);
        limits.Take(CallLimit.Membership, "b", options).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Limits_RateBelowOneASecond_IsOneCallInALongerWindow()
    {
        var limits = new CallLimits(_clock);
        var options = new SandboxOptions { Rate = 0.5 };

        limits.Take(CallLimit.Membership, "a", options).ShouldBe(TimeSpan.Zero);
        limits.Take(CallLimit.Membership, "a", options).TotalSeconds.ShouldBe(2, tolerance: 0.01);
    }

    [Fact]
    public void Limits_SlowReads_AreFiveAMinuteEach()
    {
        var limits = new CallLimits(_clock);
        var size = CallLimit.SlowRead("size");
        for (var call = 0; call < 5; call++)
        {
            limits.Take(size, "a", new SandboxOptions()).ShouldBe(TimeSpan.Zero);
        }

        limits.Take(size, "b", new SandboxOptions()).TotalSeconds.ShouldBe(12, tolerance: 0.01);
        limits.Take(CallLimit.SlowRead("getUsers"), "a", new SandboxOptions()).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Limits_RateZero_LetsEverythingThrough()
    {
        var limits = new CallLimits(_clock);
        var options = new SandboxOptions { Rate = 0, ReadsPerMinute = 0 };
        for (var call = 0; call < 1_000; call++)
        {
            limits.Take(CallLimit.Membership, "a", options).ShouldBe(TimeSpan.Zero);
            limits.Take(CallLimit.Seconds("lists", 100), "a", options).ShouldBe(TimeSpan.Zero);
            limits.Take(CallLimit.SlowRead("size"), "a", options).ShouldBe(TimeSpan.Zero);
        }
    }
}
