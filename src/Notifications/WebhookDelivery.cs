using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Muster.Control;
using Muster.Control.Notifications;

namespace Muster.Notifications;

/// <summary>Tells by a POST that Slack understands, and whatever understands Slack's.</summary>
internal sealed class WebhookDelivery(IHttpClientFactory http, IDbContextFactory<ControlDb> factory, Secrets secrets) : IDeliveryChannel
{
    public const string ClientName = "notifications";

    public NotificationChannel Channel => NotificationChannel.Webhook;

    public string? Unavailable => null;

    public async Task SendAsync(Notification notification, NotificationDelivery delivery, CancellationToken cancellationToken)
    {
        var url = await UrlAsync(delivery.ProjectId, cancellationToken);
        try
        {
            using var client = http.CreateClient(ClientName);
            using var content = JsonContent.Create(Body(notification, url));
            using var answer = await client.PostAsync(url, content, cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                throw new DeliveryException(
                    string.Create(CultureInfo.InvariantCulture, $"The webhook answered {(int)answer.StatusCode}."), IsFinal(answer.StatusCode));
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DeliveryException("The webhook did not answer within 10 seconds.", isFinal: false, e);
        }
        catch (HttpRequestException e)
        {
            throw new DeliveryException("The webhook could not be reached, or broke the connection.", isFinal: false, e);
        }
    }

    /// <summary>What may be shown of a webhook's address: whoever has all of it can post there.</summary>
    public static string Hint(Uri url) => $"{url.Host}/…{Secrets.Hint(url.AbsoluteUri)}";

    private static bool IsFinal(HttpStatusCode status) =>
        (int)status is >= 300 and < 500 && status is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests);

    // Slack's own webhooks take nothing but what they know; others also get what a program can go by.
    private static Dictionary<string, object?> Body(Notification notification, Uri url)
    {
        var body = new Dictionary<string, object?> { ["text"] = $"*{Escape(notification.Subject)}*\n{Escape(notification.Text)}" };
        if (url.Host != "hooks.slack.com")
        {
            body["notification"] = new
            {
                id = notification.Id,
                kind = KindName(notification.Kind),
                projectId = notification.ProjectId,
                syncId = notification.SyncId,
                runId = notification.RunId,
                at = notification.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            };
        }

        return body;
    }

    private static string KindName(NotificationKind kind) => kind.ToString().ToLowerInvariant();

    // Slack's rule: unescaped, a name like <!channel> would call everyone.
    private static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    private async Task<Uri> UrlAsync(int projectId, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var settings = await db.NotificationSettings.AsNoTracking().SingleOrDefaultAsync(s => s.ProjectId == projectId, cancellationToken);
        if (settings?.ProtectedWebhookUrl is not { } stored)
        {
            throw new DeliveryException("The project has no webhook any more.", isFinal: true);
        }

        try
        {
            return new Uri(secrets.Unprotect(stored));
        }
        catch (CryptographicException e)
        {
            throw new DeliveryException("The webhook's address cannot be decrypted with the 'keys' of this data folder: set it again.", isFinal: true, e);
        }
    }
}
