using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Muster.Control;
using Muster.Control.Forwarding;
using Muster.Iterable.Calls;
using Muster.Iterable.Connections;
using Muster.Iterable.Delivery;
using Muster.Iterable.Pacing;
using Muster.Iterable.Webhooks;
using Muster.Syncs.Delivery;

namespace Muster.Iterable;

/// <summary>Registers Iterable as a place for lists, and the connections to it.</summary>
public static class IterableFeature
{
    /// <summary>Adds Iterable.</summary>
    public static IServiceCollection AddIterable(this IServiceCollection services, IterableOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<ConnectionLanes>();
        services.AddSingleton<IListDestinations, IterableDestinations>();
        services.AddSingleton<KeyTrial>();
        services.AddScoped<Disconnection>();
        services.AddSingleton<WebhookGate>();
        services.AddSingleton<IConnectionStopped>(provider => provider.GetRequiredService<WebhookGate>());
        services.AddSingleton<IForwardingChanged>(provider => provider.GetRequiredService<WebhookGate>());
        services.AddSingleton(new WebhookRoom());
        services.AddSingleton<WebhookCheck>();
        services.AddHttpClient(IterableHttp.ClientName, http =>
            {
                // Every call has a time limit of its own.
                http.Timeout = Timeout.InfiniteTimeSpan;
                http.DefaultRequestHeaders.UserAgent.ParseAdd($"Muster/{typeof(IterableFeature).Assembly.GetName().Version?.ToString(3)}");
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                // A redirect would carry the key, and the addresses, to wherever it points.
                AllowAutoRedirect = false,
                UseCookies = false,
                AutomaticDecompression = DecompressionMethods.All,
                // Spans of tries, but no ids of them in requests: they are nobody else's business.
                ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
                ConnectTimeout = TimeSpan.FromSeconds(10),
                MaxConnectionsPerServer = 256,
                // Connections are renewed here, so that changes of DNS are seen, and the handler can stay.
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            // The factory's own logs show headers, and those hold the key.
            .RemoveAllLoggers();
        return services;
    }

    /// <summary>Maps the connections.</summary>
    public static IEndpointRouteBuilder MapIterable(this IEndpointRouteBuilder api)
    {
        api.MapConnections();
        api.MapUnresolved();
        api.MapWebhookCheck();
        return api;
    }

    /// <summary>Maps where Iterable sends its webhooks.</summary>
    public static IEndpointRouteBuilder MapIterableWebhooks(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapWebhooks();
        return endpoints;
    }
}
