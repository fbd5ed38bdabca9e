using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Muster.Syncs.Drift;
using Muster.Syncs.Ledger;
using Muster.Syncs.People;
using Muster.Syncs.Receipts;
using Muster.Syncs.Runs;

namespace Muster.Syncs;

/// <summary>Registers syncs and runs.</summary>
public static class SyncFeature
{
    /// <summary>Adds them. A list destination and a schedule come from elsewhere.</summary>
    public static IServiceCollection AddSyncs(this IServiceCollection services, SyncOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<IRunLedger, DuckDbLedger>();
        services.AddSingleton<ActiveRuns>();
        services.AddSingleton<ListResolver>();
        services.AddSingleton<SyncRun>();
        services.AddSingleton<SyncStanding>();
        services.AddSingleton<SyncRunner>();
        services.AddSingleton<DriftCheck>();
        services.AddHostedService<DriftWatch>();
        services.AddHostedService<ReceiptRetention>();
        services.AddSingleton<ReceiptReader>();
        services.AddSingleton<UserReader>();
        services.AddSingleton<ListStandingReader>();
        services.AddHostedService<RunGauges>();
        services.AddScoped<SyncChanges>();
        services.AddScoped<SyncPreview>();
        return services;
    }

    /// <summary>Maps syncs, runs and receipts.</summary>
    public static IEndpointRouteBuilder MapSyncs(this IEndpointRouteBuilder api)
    {
        api.MapSyncEndpoints();
        api.MapRunEndpoints();
        api.MapUserEndpoints();
        return api;
    }
}
