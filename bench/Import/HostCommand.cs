using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Muster.Control;
using Muster.Ingestion;
using Muster.Warehouse;

namespace Muster.Bench.Import;

/// <summary>Ingestion alone behind Kestrel, in a process of its own so that its memory can be measured.</summary>
internal static class HostCommand
{
    public const string Name = "host";
    public const string Ready = "ready";
    public const string Token = "bench";

    public static Command Create()
    {
        var dataDir = new Option<string>("--data-dir") { Required = true };
        var url = new Option<string>("--url") { Required = true };
        var command = new Command(Name, "Serves ingestion alone; started by the other verbs.") { dataDir, url };
        command.Hidden = true;
        command.SetAction((arguments, cancellationToken) =>
            RunAsync(arguments.GetRequiredValue(dataDir), arguments.GetRequiredValue(url), cancellationToken));
        return command;
    }

    private static async Task RunAsync(string dataDir, string url, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls(url);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddControl(new ControlOptions { DataDir = dataDir });
        builder.Services.AddWarehouse(new WarehouseOptions { DataDir = dataDir });
        builder.Services.AddIngestion();
        await using var app = builder.Build();
        await app.Services.MigrateControlAsync(cancellationToken);
        await AddProjectAsync(app.Services, cancellationToken);
        app.UseCors();
        app.MapIngestion();
        await app.StartAsync(cancellationToken);
        await Console.Out.WriteLineAsync(Ready);
        await ((IHost)app).WaitForShutdownAsync(cancellationToken);
    }

    private static async Task AddProjectAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<ControlDb>>().CreateDbContextAsync(cancellationToken);
        if (await db.Projects.AnyAsync(cancellationToken))
        {
            return;
        }

        db.Projects.Add(new Project
        {
            Name = "bench",
            Timezone = "UTC",
            IdMerge = IdMerge.Simplified,
            Token = Token,
            ApiSecret = "bench-secret",
            CreatedAt = TimeProvider.System.GetUtcNow(),
        });
        await db.SaveChangesAsync(cancellationToken);
    }
}
