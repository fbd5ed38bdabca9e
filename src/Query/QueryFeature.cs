using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Muster.Control.Audit;
using Muster.Query.Engage;
using Muster.Query.Export;
using Muster.Query.Lists;

namespace Muster.Query;

/// <summary>The ways out for cohorts, profiles and events, in Mixpanel's shapes: what reads Mixpanel can read Muster.</summary>
public static class QueryFeature
{
    private static readonly string[] Methods = ["GET", "POST"];

    /// <summary>Adds queries; needs control data, cohorts, the warehouse and a clock.</summary>
    public static IServiceCollection AddQueries(this IServiceCollection services, QueryOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<CohortList>();
        services.AddSingleton<EngageReader>();
        services.AddSingleton<EngageSessions>();
        services.AddSingleton<EventExport>();
        return services;
    }

    /// <summary>Maps <c>cohorts/list</c> and <c>engage</c> under <c>/api/query</c> and the older <c>/api/2.0</c>, and <c>/api/2.0/export</c>, each with and without a trailing slash.</summary>
    public static IEndpointRouteBuilder MapQueries(this IEndpointRouteBuilder endpoints)
    {
        var queries = endpoints.MapGroup("/api").WithTags("queries").AllowAnonymous();
        foreach (var root in (string[])["/query", "/2.0"])
        {
            queries.MapMethods($"{root}/cohorts/list", Methods, CohortListEndpoint.HandleAsync).WithSummary("List the cohorts (Mixpanel)");
            queries.MapMethods($"{root}/engage", Methods, EngageEndpoint.HandleAsync).Audited("profiles.exported").WithSummary("Query profiles, page by page (Mixpanel)");
        }

        queries.MapMethods("/2.0/export", Methods, ExportEndpoint.HandleAsync).Audited("events.exported").WithSummary("Export events, one a line (Mixpanel)");
        return endpoints;
    }
}
