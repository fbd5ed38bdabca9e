using Microsoft.Extensions.DependencyInjection;
using Muster.Warehouse.DuckDb;
using Muster.Warehouse.DuckDb.Forwarding;
using Muster.Warehouse.DuckDb.GroupProfiles;
using Muster.Warehouse.DuckDb.People;
using Muster.Warehouse.DuckDb.Retention;
using Muster.Warehouse.Events;
using Muster.Warehouse.Forwarding;
using Muster.Warehouse.Messages;
using Muster.Warehouse.Privacy;
using Muster.Warehouse.Profiles;

namespace Muster.Warehouse;

/// <summary>Registers the warehouse.</summary>
public static class WarehouseFeature
{
    /// <summary>Adds the store in the data folder.</summary>
    public static IServiceCollection AddWarehouse(this IServiceCollection services, WarehouseOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<DuckDbStore>();
        services.AddSingleton(provider => new ReadingMemory(provider.GetRequiredService<DuckDbStore>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<DuckDbPeople>();
        services.AddHostedService<DuckDbUpkeep>();
        services.AddHostedService<EventRetention>();
        services.AddSingleton<IGroupProfileStore, DuckDbGroupProfiles>();
        services.AddSingleton<IEventStore>(provider => provider.GetRequiredService<DuckDbPeople>());
        services.AddSingleton<IMessageStore>(provider => provider.GetRequiredService<DuckDbPeople>());
        services.AddSingleton<IForwardQueue, DuckDbForwardQueue>();
        services.AddSingleton<IProfileStore>(provider => provider.GetRequiredService<DuckDbPeople>());
        services.AddSingleton<IBetweenWrites>(provider => provider.GetRequiredService<DuckDbPeople>());
        services.AddSingleton<IPersonEraser>(provider => provider.GetRequiredService<DuckDbPeople>());
        return services;
    }
}
