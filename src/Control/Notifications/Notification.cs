using System.Text.Json.Serialization;

namespace Muster.Control.Notifications;

/// <summary>Something that a project's people are told once, mostly a change of a sync's state. Written with the change itself, told later.</summary>
public sealed class Notification
{
    /// <summary>The numeric id; later ones have higher ids.</summary>
    public long Id { get; init; }

    /// <summary>The project whose people are told.</summary>
    public required int ProjectId { get; init; }

    /// <summary>The sync it is about; null when it is not about one.</summary>
    public int? SyncId { get; init; }

    /// <summary>The run that changed the state.</summary>
    public long? RunId { get; init; }

    /// <summary>What happened.</summary>
    public required NotificationKind Kind { get; init; }

    /// <summary>One line: what happened to which list.</summary>
    public required string Subject { get; init; }

    /// <summary>What it means for the list and what to do. Counts and names, never an address of a member.</summary>
    public required string Text { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When it was addressed: from then on it has its deliveries.</summary>
    public DateTimeOffset? AddressedAt { get; set; }
}

/// <summary>The changes that are told.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NotificationKind>))]
public enum NotificationKind
{
    /// <summary>An error that only a person can mend paused the sync.</summary>
    [JsonStringEnumMemberName("paused")] Paused,

    /// <summary>The removal guard stopped a run, which waits for approval.</summary>
    [JsonStringEnumMemberName("held")] Held,

    /// <summary>Three runs in a row failed, and the sync goes on trying.</summary>
    [JsonStringEnumMemberName("failing")] Failing,

    /// <summary>A run succeeded after any of the above.</summary>
    [JsonStringEnumMemberName("recovered")] Recovered,

    /// <summary>The project has as many monthly tracked users as it is to be warned at.</summary>
    [JsonStringEnumMemberName("mtu")] Mtu,

    /// <summary>Mixpanel does not take forwarded events any more until a person mends something.</summary>
    [JsonStringEnumMemberName("forwarding")] Forwarding,

    /// <summary>Someone tried the settings.</summary>
    [JsonStringEnumMemberName("test")] Test,
}
