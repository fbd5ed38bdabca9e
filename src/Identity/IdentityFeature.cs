using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Muster.Identity.Merging;
using Muster.Identity.Privacy;
using Muster.Warehouse.Privacy;

namespace Muster.Identity;

/// <summary>Who is one person, and what becomes of a person's data on request.</summary>
public static class IdentityFeature
{
    /// <summary>Adds it; needs control data, the warehouse and a clock.</summary>
    public static IServiceCollection AddIdentity(this IServiceCollection services)
    {
        services.AddSingleton<RefusedMerges>();
        services.AddSingleton<PersonFinder>();
        services.AddSingleton<PersonErasure>();
        services.AddSingleton<PersonExport>();
        services.AddSingleton<PrivacyGate>();
        services.AddSingleton<PrivacyRequests>();
        services.AddSingleton<IPersonalData>(provider => provider.GetRequiredService<PrivacyRequests>());
        services.AddHostedService<DeletionWorker>();
        return services;
    }

    /// <summary>Maps what the REST interface has of it.</summary>
    public static IEndpointRouteBuilder MapIdentity(this IEndpointRouteBuilder api)
    {
        api.MapRefusedMerges();
        api.MapPersons();
        return api;
    }

    /// <summary>Maps Mixpanel's interface for deletion and retrieval.</summary>
    public static IEndpointRouteBuilder MapPrivacy(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapMixpanelPrivacy();
        return endpoints;
    }
}
