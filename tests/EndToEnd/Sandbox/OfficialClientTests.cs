using System.Text.Json;
using Muster.Sandbox;
using Shouldly;
using Xunit;

namespace Muster.Tests.EndToEnd.Sandbox;

/// <summary>Iterable's own TypeScript client, pointed at the sandbox, parses every answer.</summary>
public sealed class OfficialClientTests(ITestOutputHelper output)
{
    private const string Key = "conformance-key";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Client_EveryListAndUserCall_ParsesTheAnswer()
    {
        await using var email = await StartAsync(SandboxProjectType.Email);
        await using var hybrid = await StartAsync(SandboxProjectType.Hybrid);
        await using var userId = await StartAsync(SandboxProjectType.UserId);

        var line = await NodeScript.RunAsync(
            "IterableClient", "conformance.mjs", email.Address.ToString(), hybrid.Address.ToString(), userId.Address.ToString(), Key);

        var checks = JsonSerializer.Deserialize<List<Check>>(line, JsonSerializerOptions.Web)!;
        foreach (var check in checks)
        {
            output.WriteLine($"{(check.Ok ? "ok  " : "FAIL")} {check.Name} {check.Error}");
        }

        checks.Where(check => !check.Ok).Select(check => $"{check.Name}: {check.Error}").ShouldBeEmpty();
        checks.Count.ShouldBe(34); // a script that stopped early would have fewer
    }

    private static Task<RunningSandbox> StartAsync(SandboxProjectType type) => IterableSandbox.StartAsync(
        new SandboxOptions { Urls = "http://127.0.0.1:0", Keys = [Key], ProjectType = type, Rate = 0, ReadsPerMinute = 0 },
        cancellationToken: Cancelled);

    private sealed record Check(string Name, bool Ok, string? Error);
}
