using Microsoft.Extensions.DependencyInjection;
using Muster.Warehouse.DuckDb;

namespace Muster.Warehouse;

/// <summary>Registers the warehouse.</summary>
public static class WarehouseFeature
{
    /// <summary>Adds the store in the data folder.</summary>
    public static IServiceCollection AddWarehouse(this IServiceCollection services, WarehouseOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<DuckDbStore>();
        return services;
    }
}
