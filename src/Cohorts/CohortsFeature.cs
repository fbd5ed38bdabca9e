using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Muster.Cohorts.Compilation;
using Muster.Cohorts.Membership;
using Muster.Cohorts.Promotion;
using Muster.Cohorts.Schema;
using Muster.Warehouse.Privacy;

namespace Muster.Cohorts;

/// <summary>Cohorts: their definitions, the queries of their members, and the REST interface to both.</summary>
public static class CohortsFeature
{
    /// <summary>Adds cohorts; needs control data, the warehouse and a clock.</summary>
    public static IServiceCollection AddCohorts(this IServiceCollection services, CohortOptions? options = null)
    {
        services.AddSingleton<CohortCompiler>();
        services.AddSingleton(options ?? new CohortOptions());
        services.AddSingleton<PromotedProperties>();
        services.AddSingleton<PropertyUse>();
        services.AddSingleton<Promotions>();
        services.AddSingleton<PropertyFilling>();
        services.AddHostedService<PromotionWorker>();
        services.AddSingleton<Evaluations>();
        services.AddSingleton<MemberReader>();
        services.AddSingleton<ProjectSchemas>();
        services.AddSingleton<CohortUploads>();
        services.AddSingleton<IPersonalData, UploadRecords>();
        return services;
    }

    /// <summary>Maps cohorts and their members.</summary>
    public static IEndpointRouteBuilder MapCohorts(this IEndpointRouteBuilder api)
    {
        api.MapDefinitions();
        api.MapUploads();
        api.MapMembers();
        api.MapSchema();
        api.MapProperties();
        return api;
    }
}
