using System.ComponentModel;
using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Muster.Tests.EndToEnd;

/// <summary>Scripts that drive the program with clients that exist for Node.js alone. Where Node.js or the package registry is missing their tests are skipped, unless a full run was asked for.</summary>
internal static class NodeScript
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Runs a script of a folder beside this file, with its packages installed, and gives the last line that it printed.</summary>
    public static Task<string> RunAsync(string folder, string script, params string[] arguments) => RunAsync(folder, script, arguments, null);

    /// <summary>The same, with certificates that it trusts beside those of the machine.</summary>
    public static async Task<string> RunAsync(string folder, string script, string[] arguments, string? certificates)
    {
        var path = Folder(folder);
        await (Directory.Exists(Path.Combine(path, "node_modules"))
            ? SkipUnlessAsync(path, "node", "--version")
            : SkipUnlessAsync(path, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"));
        var (exitCode, text) = await RunProgramAsync(path, "node", [script, .. arguments], certificates);
        exitCode.ShouldBe(0, text);
        return text.Trim().Split('\n')[^1];
    }

    /// <summary>Skips the test, or fails it when a full run was asked for.</summary>
    public static void Skip(string reason)
    {
        Assert.False(Environment.GetEnvironmentVariable("MUSTER_TESTS_REQUIRE_ALL") == "1", reason);
        Assert.Skip(reason);
    }

    private static async Task SkipUnlessAsync(string folder, string program, params string[] arguments)
    {
        try
        {
            var (exitCode, text) = await RunProgramAsync(folder, program, arguments);
            if (exitCode != 0)
            {
                Skip($"'{program} {string.Join(' ', arguments)}' failed: {text}");
            }
        }
        catch (Win32Exception)
        {
            Skip($"'{program}' is not installed");
        }
    }

    private static async Task<(int ExitCode, string Output)> RunProgramAsync(string folder, string program, IEnumerable<string> arguments, string? certificates = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        if (certificates is not null)
        {
            start.Environment["NODE_EXTRA_CA_CERTS"] = certificates;
        }

        // Clients would take what is on this machine to a proxy.
        if (program == "node")
        {
            foreach (var name in new[] { "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy" })
            {
                start.Environment.Remove(name);
            }
        }

        using var process = Process.Start(start)!;
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

    private static string Folder(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Muster.slnx")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.ShouldNotBeNull().FullName, "tests", "EndToEnd", name);
    }
}
