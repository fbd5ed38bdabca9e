using Microsoft.AspNetCore.Builder;
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
    /// <summary>Adds ingestion; needs control data, the warehouse and a clock.</summary>
    public static IServiceCollection AddIngestion(this IServiceCollection services, IngestionOptions? options = null)
    {
        services.AddSingleton(options ?? new IngestionOptions());
        services.AddSingleton<ByteBudget>();
        services.AddSingleton<BodyReader>();
        services.AddSingleton<ImportAuthentication>();
        services.AddSingleton<IngestionService>();
        return services;
    }

    /// <summary>Maps <c>/import</c>, <c>/track</c> and <c>/engage</c>, each with and without a trailing slash.</summary>
    public static IEndpointRouteBuilder MapIngestion(this IEndpointRouteBuilder endpoints)
    {
        var ingestion = endpoints.MapGroup("").WithTags("ingestion");
        ingestion.MapPost("/import", ImportEndpoint.HandleAsync).WithSummary("Import events (Mixpanel)");
        ingestion.MapPost("/track", TrackEndpoint.HandleAsync).WithSummary("Track events (Mixpanel)");
        ingestion.MapPost("/engage", EngageEndpoint.HandleAsync).WithSummary("Update profiles (Mixpanel)");
        return endpoints;
    }

    /// <summary>Whether a query parameter is there and not 0.</summary>
    internal static bool IsOn(HttpRequest request, string parameter) => request.Query[parameter].ToString() is not ("" or "0");
}
