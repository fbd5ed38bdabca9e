using Muster.Control.Notifications;

namespace Muster.Notifications;

/// <summary>A way to tell people.</summary>
internal interface IDeliveryChannel
{
    /// <summary>Which one.</summary>
    NotificationChannel Channel { get; }

    /// <summary>Why it cannot be used at all as this program is set up; null: it can.</summary>
    string? Unavailable { get; }

    /// <summary>Tells a recipient, and returns when that was taken.</summary>
    /// <exception cref="DeliveryException">It was not.</exception>
    Task SendAsync(Notification notification, NotificationDelivery delivery, CancellationToken cancellationToken);
}

/// <summary>A try did not arrive.</summary>
/// <param name="message">What happened, for people; nothing secret.</param>
/// <param name="isFinal">Whether trying again is of no use.</param>
/// <param name="inner">What it was.</param>
internal sealed class DeliveryException(string message, bool isFinal, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether trying again is of no use.</summary>
    public bool IsFinal { get; } = isFinal;
}
