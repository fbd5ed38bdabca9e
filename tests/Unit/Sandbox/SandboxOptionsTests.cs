using Muster.Sandbox;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Sandbox;

public sealed class SandboxOptionsTests
{
    [Fact]
    public void Validate_Defaults_AreGood() => new SandboxOptions().Validate().ShouldBeEmpty();

    [Fact]
    public void Validate_EmailBasedInEu_IsRefused() =>
        new SandboxOptions { DataCenter = SandboxDataCenter.Eu }.Validate().ShouldHaveSingleItem().ShouldStartWith("ProjectType:");

    [Fact]
    public void Validate_EverythingWrong_ListsEveryFault()
    {
        var options = new SandboxOptions
        {
            Urls = "ftp://x;nonsense",
            Keys = ["ok", " "],
            Rate = double.NaN,
            ReadsPerMinute = -1,
            BatchLimit = 0,
            LatencyMs = -1,
            NewListDelayMs = -1,
            SizeLagMs = -1,
            DataFile = string.Empty,
        };

        options.Validate().Select(fault => fault.Split(':')[0])
            .ShouldBe(["Urls", "Urls", "Keys", "Rate", "ReadsPerMinute", "BatchLimit", "LatencyMs", "NewListDelayMs", "SizeLagMs", "DataFile"]);
    }

    [Fact]
    public async Task StartAsync_BadOptions_NamesThem()
    {
        var thrown = await Should.ThrowAsync<ArgumentException>(
            () => IterableSandbox.StartAsync(new SandboxOptions { Keys = [] }, cancellationToken: TestContext.Current.CancellationToken));

        thrown.Message.ShouldContain("Keys:");
    }
}
