using System.Text.Json.Serialization;
using Muster.Control.Forwarding;
using Muster.Warehouse.Forwarding;

namespace Muster.Mixpanel.Forwarding;

/// <summary>How the forwarding of a connection stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ForwardingStatus>))]
internal enum ForwardingStatus
{
    /// <summary>It was never set up, or is switched off.</summary>
    [JsonStringEnumMemberName("off")] Off,

    /// <summary>What comes goes on at once.</summary>
    [JsonStringEnumMemberName("running")] Running,

    /// <summary>Mixpanel does not answer, or asked to wait; it goes on by itself.</summary>
    [JsonStringEnumMemberName("waiting")] Waiting,

    /// <summary>A person must mend something first.</summary>
    [JsonStringEnumMemberName("stopped")] Stopped,
}

/// <summary>The forwarding of a connection as the REST interface shows it; never its secret.</summary>
internal sealed record ForwardingView
{
    /// <summary>Whether events go on.</summary>
    public required bool Enabled { get; init; }

    /// <summary>How it stands.</summary>
    public required ForwardingStatus Status { get; init; }

    /// <summary>What is wrong and what to do; null: nothing.</summary>
    public required string? Problem { get; init; }

    /// <summary>When Mixpanel is called again after it failed.</summary>
    public required DateTimeOffset? NextTryAt { get; init; }

    /// <summary>How many events wait.</summary>
    public required long Depth { get; init; }

    /// <summary>Since when the first of them does.</summary>
    public required DateTimeOffset? OldestAt { get; init; }

    /// <summary>How many Mixpanel refused.</summary>
    public required long DeadLetters { get; init; }

    /// <summary>The project in Mixpanel.</summary>
    public required long? MixpanelProjectId { get; init; }

    /// <summary>Where it lives.</summary>
    public required DataResidency? DataResidency { get; init; }

    /// <summary>The user name of the service account.</summary>
    public required string? ServiceAccount { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>Who changed it.</summary>
    public required string? UpdatedBy { get; init; }

    public static ForwardingView Of(ForwardingSettings? settings, ForwardDepth depth, Forwarder? forwarder)
    {
        var (status, problem) = settings switch
        {
            null or { Enabled: false } => (ForwardingStatus.Off, null),
            { StoppedReason: { } reason } => (ForwardingStatus.Stopped, reason),
            _ when forwarder is null => (ForwardingStatus.Stopped, "The secret cannot be read: the keys/ folder of the data folder is missing or another one. Bring it back, or set the secret again."),
            _ when forwarder.Trouble is { } trouble => (ForwardingStatus.Waiting, $"Mixpanel {trouble}. It is tried again by itself; nothing is lost."),
            _ => (ForwardingStatus.Running, null),
        };
        return new ForwardingView
        {
            Enabled = settings?.Enabled ?? false,
            Status = status,
            Problem = problem,
            NextTryAt = status == ForwardingStatus.Waiting ? forwarder?.NextTryAt : null,
            Depth = depth.Waiting,
            OldestAt = depth.OldestAt is { } oldest ? new DateTimeOffset(oldest) : null,
            DeadLetters = depth.Refused,
            MixpanelProjectId = settings?.MixpanelProjectId,
            DataResidency = settings?.DataResidency,
            ServiceAccount = settings?.ServiceAccount,
            UpdatedAt = settings?.UpdatedAt,
            UpdatedBy = settings?.UpdatedBy,
        };
    }
}
