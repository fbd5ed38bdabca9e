using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Muster.Control;
using Muster.Control.Forwarding;
using Muster.Mixpanel.Calls;
using Muster.Mixpanel.Forwarding;

namespace Muster.Mixpanel;

/// <summary>Registers real projects in Mixpanel: forwarding to them.</summary>
public static class MixpanelFeature
{
    /// <summary>Adds it.</summary>
    public static IServiceCollection AddMixpanel(this IServiceCollection services, MixpanelOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<ForwardingWorker>();
        services.AddSingleton<IForwardingChanged>(provider => provider.GetRequiredService<ForwardingWorker>());
        services.AddSingleton<IConnectionStopped>(provider => provider.GetRequiredService<ForwardingWorker>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<ForwardingWorker>());
        services.AddHttpClient(ImportClient.ClientName, http =>
            {
                // Every call has a time limit of its own.
                http.Timeout = Timeout.InfiniteTimeSpan;
                http.DefaultRequestHeaders.UserAgent.ParseAdd($"Muster/{typeof(MixpanelFeature).Assembly.GetName().Version?.ToString(3)}");
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                // A redirect would carry the secret, and the events, to wherever it points.
                AllowAutoRedirect = false,
                UseCookies = false,
                AutomaticDecompression = DecompressionMethods.All,
                ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
                ConnectTimeout = TimeSpan.FromSeconds(10),
                // Connections are renewed here, so that changes of DNS are seen, and the handler can stay.
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            // The factory's own logs show headers, and those hold the secret.
            .RemoveAllLoggers();
        return services;
    }

    /// <summary>Maps the forwarding of connections.</summary>
    public static IEndpointRouteBuilder MapMixpanel(this IEndpointRouteBuilder api)
    {
        api.MapForwarding();
        api.MapDeadLetters();
        return api;
    }
}
