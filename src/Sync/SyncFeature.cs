using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Muster.Syncs.Drift;
using Muster.Syncs.Ledger;
using Muster.Syncs.People;
using Muster.Syncs.Privacy;
using Muster.Syncs.Receipts;
using Muster.Syncs.Results;
using Muster.Syncs.Runs;
using Muster.Warehouse.Privacy;

namespace Muster.Syncs;

/// <summary>Registers syncs and runs.</summary>
public static class SyncFeature
{
    /// <summary>Adds them. A list destination and a schedule come from elsewhere.</summary>
    public static IServiceCollection AddSyncs(this IServiceCollection services, SyncOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<DuckDbLedger>();
        services.AddSingleton<IRunLedger>(provider => provider.GetRequiredService<DuckDbLedger>());
        services.AddSingleton<IPersonalData, ListRecords>();
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
        services.AddSingleton<ResultReader>();
        services.AddScoped<SyncChanges>();
        services.AddScoped<SyncPreview>();
        return services;
    }

    /// <summary>Maps syncs, runs and receipts.</summary>
    public static IEndpointRouteBuilder MapSyncs(this IEndpointRouteBuilder api)
    {
        api.MapSyncEndpoints();
        api.MapNewSyncPreview();
        api.MapRunEndpoints();
        api.MapUserEndpoints();
        api.MapResultEndpoints();
        return api;
    }
}
