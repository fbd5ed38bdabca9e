using Microsoft.Extensions.Logging;
using Muster.Control.Notifications;

namespace Muster.Notifications;

internal static partial class Log
{
    [LoggerMessage(LogLevel.Information, "Notification {NotificationId}, delivery {DeliveryId} by {Channel}: taken at try {Try}.")]
    public static partial void Delivered(ILogger logger, long notificationId, long deliveryId, NotificationChannel channel, int @try);

    [LoggerMessage(LogLevel.Warning, "Notification {NotificationId}, delivery {DeliveryId} by {Channel}: try {Try} failed, now {Status}. {Reason}")]
    public static partial void NotDelivered(
        ILogger logger, long notificationId, long deliveryId, NotificationChannel channel, int @try, DeliveryStatus status, string reason);

    [LoggerMessage(LogLevel.Error, "The outbox of notifications broke off; it goes on in a moment.")]
    public static partial void OutboxBroke(ILogger logger, Exception exception);
}
