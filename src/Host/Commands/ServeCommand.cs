using System.CommandLine;
using Muster.Host.Serving;

namespace Muster.Host.Commands;

/// <summary><c>muster serve</c></summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var settings = new SettingsOptions();
        var command = new Command("serve", "REST, ingestion, webhooks and scheduler in one process");
        settings.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var read = settings.Read(parsed);
            using var folder = DataFolder.Take(read.DataDir);
            await using var server = await MusterServer.StartAsync(read, LogLevel.Information, cancellationToken);
            await Console.Out.WriteLineAsync($"Muster is ready at {string.Join(", ", server.Addresses)}");
            return await server.RunAsync(cancellationToken) ? CommandLine.Done : CommandLine.Failed;
        });
        return command;
    }
}
