using System.CommandLine;
using Muster.Sandbox;

namespace Muster.Host.Commands;

/// <summary><c>muster sandbox iterable</c></summary>
internal static class SandboxCommand
{
    public static Command Create() => new("sandbox", "Stand-ins for other services") { Iterable() };

    private static Command Iterable()
    {
        var usual = new SandboxOptions();
        var urls = new Option<string>("--urls") { Description = "Addresses to listen on", DefaultValueFactory = _ => usual.Urls };
        var keys = new Option<string>("--keys") { Description = "API keys that are good, separated by commas", DefaultValueFactory = _ => string.Join(',', usual.Keys) };
        var projectType = new Option<string>("--project-type") { Description = "How users are told apart: email, hybrid, userId", DefaultValueFactory = _ => "email" };
        projectType.AcceptOnlyFromAmong("email", "hybrid", "userId");
        var dataCenter = new Option<string>("--data-center") { Description = "Which data center it stands in for: us, eu", DefaultValueFactory = _ => "us" };
        dataCenter.AcceptOnlyFromAmong("us", "eu");
        var rate = new Option<double>("--rate") { Description = "Subscribe and unsubscribe calls a second per key; 0 is no limit", DefaultValueFactory = _ => usual.Rate };
        var latency = new Option<int>("--latency-ms") { Description = "Milliseconds every call takes at least", DefaultValueFactory = _ => usual.LatencyMs };
        var readsPerMinute = new Option<int>("--reads-per-minute")
        {
            Description = "Calls a minute to each of getUsers, previewUsers and size; 0 is no limit",
            DefaultValueFactory = _ => usual.ReadsPerMinute,
        };
        var dataFile = new Option<string?>("--data-file") { Description = "File that keeps lists and users over a restart; in memory only without" };
        var command = new Command("iterable", "A server that behaves like the Iterable API, with a page that shows its lists")
        {
            urls, keys, projectType, dataCenter, rate, latency, readsPerMinute, dataFile,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(new SandboxOptions
        {
            Urls = parsed.GetValue(urls)!,
            Keys = parsed.GetValue(keys)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            ProjectType = Enum.Parse<SandboxProjectType>(parsed.GetValue(projectType)!, ignoreCase: true),
            DataCenter = Enum.Parse<SandboxDataCenter>(parsed.GetValue(dataCenter)!, ignoreCase: true),
            Rate = parsed.GetValue(rate),
            LatencyMs = parsed.GetValue(latency),
            ReadsPerMinute = parsed.GetValue(readsPerMinute),
            DataFile = parsed.GetValue(dataFile),
        }, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(SandboxOptions options, CancellationToken cancellationToken)
    {
        if (options.Validate() is { Count: > 0 } faults)
        {
            throw new FailedException(faults);
        }

        try
        {
            var sandbox = await IterableSandbox.StartAsync(options, TimeProvider.System, cancellationToken);
            await Console.Out.WriteLineAsync($"The Iterable sandbox is ready at {sandbox.Address.GetLeftPart(UriPartial.Authority)}");
            await sandbox.RunAsync(cancellationToken);
            return CommandLine.Done;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw new FailedException($"The sandbox cannot start: {e.Message}", e);
        }
    }
}
