using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Muster.Usage.Events;
using Muster.Usage.Mtu;

namespace Muster.Usage;

/// <summary>What came into a project, and how many people it counts for.</summary>
public static class UsageFeature
{
    /// <summary>Adds it; needs control data, the warehouse and a clock.</summary>
    public static IServiceCollection AddUsage(this IServiceCollection services)
    {
        services.AddSingleton<MtuReader>();
        services.AddSingleton<MtuCount>();
        services.AddHostedService<MtuAlerts>();
        return services;
    }

    /// <summary>Maps the latest events and the monthly tracked users.</summary>
    public static IEndpointRouteBuilder MapUsage(this IEndpointRouteBuilder api)
    {
        api.MapEvents();
        api.MapMtu();
        return api;
    }
}
