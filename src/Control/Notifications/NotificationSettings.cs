namespace Muster.Control.Notifications;

/// <summary>Whom a project's notifications go to, beside the people who made the syncs.</summary>
public sealed class NotificationSettings
{
    /// <summary>The project.</summary>
    public required int ProjectId { get; init; }

    /// <summary>Addresses that are told of every sync of the project.</summary>
    public List<string> Emails { get; set; } = [];

    /// <summary>Whether the person who made a sync is told of it.</summary>
    public bool TellCreator { get; set; } = true;

    /// <summary>The webhook's address, encrypted by Data Protection: whoever has it can post there. Null: none.</summary>
    public string? ProtectedWebhookUrl { get; set; }

    /// <summary>What may be shown of it: its host and the last four characters.</summary>
    public string? WebhookHint { get; set; }

    /// <summary>When they were last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Who changed them.</summary>
    public required string UpdatedBy { get; set; }
}
