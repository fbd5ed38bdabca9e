using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Muster.Notifications;

/// <summary>Registers notifications.</summary>
public static class NotificationsFeature
{
    /// <summary>Adds them.</summary>
    public static IServiceCollection AddNotifications(this IServiceCollection services, MailOptions mail)
    {
        services.AddSingleton(mail);
        services.AddSingleton<IDeliveryChannel, MailDelivery>();
        services.AddSingleton<IDeliveryChannel, WebhookDelivery>();
        services.AddSingleton<Outbox>();
        services.AddHostedService<OutboxWorker>();
        services.AddHttpClient(WebhookDelivery.ClientName, client => client.Timeout = TimeSpan.FromSeconds(10))
            // A redirect would lead to where nobody allowed it.
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
            // The factory's own logs show addresses, and these are secrets.
            .RemoveAllLoggers();
        return services;
    }

    /// <summary>Maps their settings and deliveries.</summary>
    public static IEndpointRouteBuilder MapNotifications(this IEndpointRouteBuilder api)
    {
        api.MapNotificationEndpoints();
        return api;
    }
}
