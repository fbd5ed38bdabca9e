using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Muster.Ingestion.Bodies;
using Muster.Ingestion.Engage;
using Muster.Ingestion.Import;
using Muster.Ingestion.Track;

namespace Muster.Ingestion;

/// <summary>The ways in for events and profile updates, in Mixpanel's shapes.</summary>
public static class IngestionFeature
{
    private static readonly string[] GetAndPost = ["GET", "POST"];

    /// <summary>Adds ingestion; needs control data, the warehouse and a clock.</summary>
    public static IServiceCollection AddIngestion(this IServiceCollection services, IngestionOptions? options = null)
    {
        services.AddSingleton(options ?? new IngestionOptions());
        services.AddCors();
        services.AddSingleton<ByteBudget>();
        services.AddSingleton<BodyReader>();
        services.AddSingleton<ImportAuthentication>();
        services.AddSingleton<IngestionService>();
        return services;
    }

    /// <summary>Maps <c>/import</c>, <c>/track</c>, <c>/engage</c> and <c>/groups</c>, each with and without a trailing slash, for pages of every origin. The server must use CORS.</summary>
    public static IEndpointRouteBuilder MapIngestion(this IEndpointRouteBuilder endpoints)
    {
        var ingestion = endpoints.MapGroup("").WithTags("ingestion").AllowAnonymous().RequireCors(AnyOrigin);
        ingestion.MapMethods("/import", GetAndPost, ImportEndpoint.HandleAsync).WithSummary("Import events (Mixpanel)");
        ingestion.MapMethods("/track", GetAndPost, TrackEndpoint.HandleAsync).WithSummary("Track events (Mixpanel)");
        ingestion.MapMethods("/engage", GetAndPost, EngageEndpoint.HandleAsync).WithSummary("Update profiles (Mixpanel)");
        ingestion.MapMethods("/groups", GetAndPost, EngageEndpoint.HandleGroupsAsync).WithSummary("Update profiles of groups (Mixpanel)");
        return endpoints;
    }

    // The browser SDK sends credentials along, with which an origin must be named: '*' would not do. Nothing here reads
    // them but /import, and that only from a header which a page cannot send without knowing what is in it.
    private static void AnyOrigin(CorsPolicyBuilder policy) => policy
        .SetIsOriginAllowed(_ => true).AllowCredentials().AllowAnyHeader().WithMethods(GetAndPost).SetPreflightMaxAge(TimeSpan.FromDays(20));
}
