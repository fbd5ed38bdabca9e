using System.Net.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Muster.Control;
using Muster.Control.Notifications;

namespace Muster.Notifications;

/// <summary>Addresses what is to be told and delivers it, try by try. All of it is in the control database, so a stop or a crash loses nothing.</summary>
internal sealed class Outbox(
    IDbContextFactory<ControlDb> factory, IEnumerable<IDeliveryChannel> channels, TimeProvider clock, ILogger<Outbox> logger)
{
    private const int AtOnce = 8;
    private const int Most = 200;

    // Waits between tries; after the last one it is given up.
    private static readonly TimeSpan[] Waits =
        [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(6)];

    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private readonly Dictionary<NotificationChannel, IDeliveryChannel> _channels = channels.ToDictionary(c => c.Channel);

    /// <summary>Does what there is to do now.</summary>
    public async Task WorkAsync(CancellationToken cancellationToken)
    {
        await AddressAsync(cancellationToken);
        await DeliverAsync(cancellationToken);
    }

    /// <summary>Lets go of what was told, or given up, more than a month ago.</summary>
    public async Task ForgetOldAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - Kept;
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var old = db.Notifications.Where(n => n.At < before && n.AddressedAt != null
            && !db.NotificationDeliveries.Any(d => d.NotificationId == n.Id && d.NextTryAt != null));
        await db.NotificationDeliveries.Where(d => old.Any(n => n.Id == d.NotificationId)).ExecuteDeleteAsync(cancellationToken);
        await db.Notifications.Where(n => n.At < before && n.AddressedAt != null
            && !db.NotificationDeliveries.Any(d => d.NotificationId == n.Id)).ExecuteDeleteAsync(cancellationToken);
    }

    private async Task AddressAsync(CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var waiting = await db.Notifications.Where(n => n.AddressedAt == null).OrderBy(n => n.Id).Take(Most).ToListAsync(cancellationToken);
        var now = clock.GetUtcNow();
        foreach (var notification in waiting)
        {
            var settings = await db.NotificationSettings.AsNoTracking().SingleOrDefaultAsync(s => s.ProjectId == notification.ProjectId, cancellationToken);
            var creator = await db.Syncs.Where(s => s.Id == notification.SyncId).Select(s => s.CreatedBy).SingleOrDefaultAsync(cancellationToken);
            foreach (var (channel, recipient) in Recipients(settings, creator))
            {
                var unavailable = _channels[channel].Unavailable;
                db.NotificationDeliveries.Add(new NotificationDelivery
                {
                    NotificationId = notification.Id,
                    ProjectId = notification.ProjectId,
                    Channel = channel,
                    Recipient = recipient,
                    Status = unavailable is null ? DeliveryStatus.Pending : DeliveryStatus.Failed,
                    Error = unavailable,
                    NextTryAt = unavailable is null ? now : null,
                });
            }

            notification.AddressedAt = now;
            // Each with its deliveries in one: a crash between two leaves none addressed twice.
            await db.SaveChangesAsync(cancellationToken);
        }
    }

    private static IEnumerable<(NotificationChannel Channel, string Recipient)> Recipients(NotificationSettings? settings, string? creator)
    {
        var addresses = new HashSet<string>(settings?.Emails ?? [], StringComparer.OrdinalIgnoreCase);
        // Tokens have names that are no addresses.
        if ((settings?.TellCreator ?? true) && MailAddress.TryCreate(creator, out var address) && address.Address == creator)
        {
            addresses.Add(creator);
        }

        foreach (var email in addresses)
        {
            yield return (NotificationChannel.Email, email);
        }

        if (settings is { ProtectedWebhookUrl: not null, WebhookHint: { } hint })
        {
            yield return (NotificationChannel.Webhook, hint);
        }
    }

    private async Task DeliverAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        // Further ahead than the longest wait: the clock was set back.
        var latest = now + Waits[^1];
        List<long> due;
        await using (var db = await factory.CreateDbContextAsync(cancellationToken))
        {
            due = await db.NotificationDeliveries.Where(d => d.NextTryAt <= now || d.NextTryAt > latest)
                .OrderBy(d => d.NextTryAt).Select(d => d.Id).Take(Most).ToListAsync(cancellationToken);
        }

        await Parallel.ForEachAsync(
            due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (id, token) => await TryAsync(id, token));
    }

    private async Task TryAsync(long id, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var delivery = await db.NotificationDeliveries.SingleAsync(d => d.Id == id, cancellationToken);
        var notification = await db.Notifications.AsNoTracking().SingleAsync(n => n.Id == delivery.NotificationId, cancellationToken);
        // Before the try: one that brings the process down is not made over and over.
        var isLast = delivery.Tries >= Waits.Length;
        var now = clock.GetUtcNow();
        delivery.NextTryAt = now + Waits[Math.Min(delivery.Tries, Waits.Length - 1)];
        delivery.Tries++;
        await db.SaveChangesAsync(cancellationToken);
        try
        {
            await _channels[delivery.Channel].SendAsync(notification, delivery, cancellationToken);
            (delivery.Status, delivery.DeliveredAt, delivery.NextTryAt, delivery.Error) = (DeliveryStatus.Delivered, clock.GetUtcNow(), null, null);
            Log.Delivered(logger, notification.Id, delivery.Id, delivery.Channel, delivery.Tries);
        }
        catch (DeliveryException e)
        {
            delivery.Error = e.Message;
            if (e.IsFinal || isLast)
            {
                (delivery.Status, delivery.NextTryAt) = (DeliveryStatus.Failed, null);
            }

            Log.NotDelivered(logger, notification.Id, delivery.Id, delivery.Channel, delivery.Tries, delivery.Status, e.Message);
        }

        await db.SaveChangesAsync(CancellationToken.None);
    }
}
