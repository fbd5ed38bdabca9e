using System.Text.Json.Serialization;

namespace Muster.Control.Notifications;

/// <summary>One notification on its way to one recipient. It is tried until it arrives or its tries are used up.</summary>
public sealed class NotificationDelivery
{
    /// <summary>The numeric id.</summary>
    public long Id { get; init; }

    /// <summary>What is told.</summary>
    public required long NotificationId { get; init; }

    /// <summary>The project.</summary>
    public required int ProjectId { get; init; }

    /// <summary>How.</summary>
    public required NotificationChannel Channel { get; init; }

    /// <summary>The address of an email; for a webhook what may be shown of it. The webhook itself is looked up when it is called.</summary>
    public required string Recipient { get; init; }

    /// <summary>How it stands.</summary>
    public required DeliveryStatus Status { get; set; }

    /// <summary>Tries so far.</summary>
    public int Tries { get; set; }

    /// <summary>When it is tried next; null when it is not tried any more.</summary>
    public DateTimeOffset? NextTryAt { get; set; }

    /// <summary>Why the last try failed; never a part of the webhook's address or of an answer's body.</summary>
    public string? Error { get; set; }

    /// <summary>When it arrived.</summary>
    public DateTimeOffset? DeliveredAt { get; set; }
}

/// <summary>How people are told.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NotificationChannel>))]
public enum NotificationChannel
{
    /// <summary>By email.</summary>
    [JsonStringEnumMemberName("email")] Email,

    /// <summary>By a POST to the project's webhook.</summary>
    [JsonStringEnumMemberName("webhook")] Webhook,
}

/// <summary>How a delivery stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeliveryStatus>))]
public enum DeliveryStatus
{
    /// <summary>Waits for its first or next try.</summary>
    [JsonStringEnumMemberName("pending")] Pending,

    /// <summary>Taken by the mail server or the webhook.</summary>
    [JsonStringEnumMemberName("delivered")] Delivered,

    /// <summary>Given up.</summary>
    [JsonStringEnumMemberName("failed")] Failed,
}
