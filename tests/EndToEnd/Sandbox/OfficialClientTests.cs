using System.ComponentModel;
using System.Diagnostics;
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
        var folder = ClientFolder();
        await InstallAsync(folder);
        await using var email = await StartAsync(SandboxProjectType.Email);
        await using var hybrid = await StartAsync(SandboxProjectType.Hybrid);
        await using var userId = await StartAsync(SandboxProjectType.UserId);

        var (exitCode, text) = await RunAsync(
            folder, "node", "conformance.mjs", email.Address.ToString(), hybrid.Address.ToString(), userId.Address.ToString(), Key);

        exitCode.ShouldBe(0, text);
        var checks = JsonSerializer.Deserialize<List<Check>>(text.Trim().Split('\n')[^1], JsonSerializerOptions.Web)!;
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

    private static async Task InstallAsync(string folder)
    {
        if (Directory.Exists(Path.Combine(folder, "node_modules", "@iterable", "api")))
        {
            await SkipUnless(folder, "node", "--version");
            return;
        }

        await SkipUnless(folder, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
    }

    // Where node or the registry is missing the test shows as skipped, unless a full run was asked for.
    private static async Task SkipUnless(string folder, string program, params string[] arguments)
    {
        string reason;
        try
        {
            var (exitCode, text) = await RunAsync(folder, program, arguments);
            if (exitCode == 0)
            {
                return;
            }

            reason = $"'{program} {string.Join(' ', arguments)}' failed: {text}";
        }
        catch (Win32Exception)
        {
            reason = $"'{program}' is not installed";
        }

        Assert.False(Environment.GetEnvironmentVariable("MUSTER_TESTS_REQUIRE_ALL") == "1", reason);
        Assert.Skip(reason);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string folder, string program, params string[] arguments)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        try
        {
            var errors = process.StandardError.ReadToEndAsync(Cancelled);
            var text = await process.StandardOutput.ReadToEndAsync(Cancelled);
            await process.WaitForExitAsync(Cancelled);
            return (process.ExitCode, process.ExitCode == 0 ? text : text + await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static string ClientFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Muster.slnx")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.ShouldNotBeNull().FullName, "tests", "EndToEnd", "IterableClient");
    }

    private sealed record Check(string Name, bool Ok, string? Error);
}
