using System.Net;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Muster.Tests.Unit.Sandbox.Faults;

public sealed class PlantedFaultTests
{
    [Fact]
    public async Task Status_Planted_MeetsOnlyTheCallsItIsFor()
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();
        var list = await sandbox.CreateListAsync();
        await PlantAsync(sandbox, """{"kind":"status","status":429,"retryAfter":7,"skip":1,"times":2,"path":"/api/lists/subscribe"}""");

        (await sandbox.TextAsync("/api/lists")).ShouldContain("lists");
        (await StatusAsync(sandbox, list)).ShouldBe(200);
        using (var refused = await sandbox.SubscribeAsync(list, "a@b.co"))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
            refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(7));
        }

        (await StatusAsync(sandbox, list)).ShouldBe(429);
        (await StatusAsync(sandbox, list)).ShouldBe(200);
    }

    [Theory]
    [InlineData("status", false)]
    [InlineData("status", true)]
    [InlineData("html", false)]
    [InlineData("html", true)]
    [InlineData("cut", false)]
    [InlineData("cut", true)]
    [InlineData("reset", false)]
    [InlineData("reset", true)]
    public async Task Fault_BeforeOrAfterTheChange_MakesTheChangeOrNot(string kind, bool afterChange)
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();
        var list = await sandbox.CreateListAsync();
        await PlantAsync(sandbox, $$"""{"kind":"{{kind}}","afterChange":{{(afterChange ? "true" : "false")}}}""");

        (await WentWellAsync(sandbox, list)).ShouldBeFalse();

        (await sandbox.TextAsync($"/api/lists/{list}/size")).ShouldBe(afterChange ? "1" : "0");
        (await WentWellAsync(sandbox, list)).ShouldBeTrue();
    }

    [Fact]
    public async Task Delay_Planted_HoldsTheCallBack()
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();
        await PlantAsync(sandbox, """{"kind":"delay","delayMs":3000}""");

        var call = sandbox.TextAsync("/api/lists");
        while (!(await sandbox.TextAsync("/sandbox/calls")).Contains("\"fault\":\"Delay\"", StringComparison.Ordinal))
        {
            await Task.Yield();
        }

        call.IsCompleted.ShouldBeFalse();
        while (!call.IsCompleted)
        {
            sandbox.Clock.Advance(TimeSpan.FromSeconds(3)); // more than once: the wait may start after the log's entry
            await Task.Yield();
        }

        (await call).ShouldContain("lists");
    }

    [Theory]
    [InlineData("""{"kind":"status","status":200}""")]
    [InlineData("""{"kind":"delay"}""")]
    [InlineData("""{"kind":"cut","times":0}""")]
    [InlineData("""{"kind":"cut","path":"/sandbox"}""")]
    [InlineData("""{"kind":"none"}""")]
    [InlineData("""{"kind":"cut","typo":1}""")]
    [InlineData("{}")]
    [InlineData("{")]
    public async Task Plant_Malformed_IsRefusedWithTheReason(string json)
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();

        var (status, body) = await SandboxUnderTest.AnswerAsync(sandbox.PostAsync("/sandbox/faults", json));

        status.ShouldBe(400);
        body.GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
        (await sandbox.TextAsync("/sandbox/faults")).ShouldBe("[]");
    }

    [Fact]
    public async Task Plant_WithoutJsonContentType_IsRefused()
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();
        using var content = new StringContent("""{"kind":"reset"}""");

        using var response = await sandbox.Http.PostAsync("/sandbox/faults", content, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Settings_Changed_TakeEffectAtOnce()
    {
        await using var sandbox = await SandboxUnderTest.StartAsync();
        var list = await sandbox.CreateListAsync();
        using var content = new StringContent("""{"batchLimit":1}""");
        (await sandbox.Http.PutAsync("/sandbox/settings", content, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();

        (await SandboxUnderTest.AnswerAsync(sandbox.SubscribeAsync(list, "a@b.co", "c@d.ef"))).Status.ShouldBe(400);
    }

    private static async Task PlantAsync(SandboxUnderTest sandbox, string fault) =>
        (await SandboxUnderTest.AnswerAsync(sandbox.PostAsync("/sandbox/faults", fault))).Status.ShouldBe(200);

    private static async Task<bool> WentWellAsync(SandboxUnderTest sandbox, long list)
    {
        try
        {
            return (await SandboxUnderTest.AnswerAsync(sandbox.SubscribeAsync(list, "a@b.co"))).Status == 200;
        }
        catch (Exception exception) when (exception is HttpRequestException or HttpIOException or JsonException)
        {
            return false;
        }
    }

    private static async Task<int> StatusAsync(SandboxUnderTest sandbox, long list)
    {
        using var response = await sandbox.SubscribeAsync(list, "a@b.co");
        return (int)response.StatusCode;
    }
}
