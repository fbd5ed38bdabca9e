using System.Text.Json.Serialization;

namespace Muster.Control.Forwarding;

/// <summary>Where the events that Iterable reports over a connection go on to: a project in Mixpanel.</summary>
public sealed class ForwardingSettings
{
    /// <summary>The connection.</summary>
    public required int ConnectionId { get; init; }

    /// <summary>The project of the connection.</summary>
    public required int ProjectId { get; init; }

    /// <summary>Whether events go on. What waits when it is switched off stays and goes on when it is switched on again.</summary>
    public required bool Enabled { get; set; }

    /// <summary>The numeric id of the project in Mixpanel.</summary>
    public required long MixpanelProjectId { get; set; }

    /// <summary>Where that project lives.</summary>
    public required DataResidency DataResidency { get; set; }

    /// <summary>The user name of the service account.</summary>
    public required string ServiceAccount { get; set; }

    /// <summary>Its secret, encrypted by Data Protection.</summary>
    public required string ProtectedSecret { get; set; }

    /// <summary>What a person must mend before it goes on; null: nothing.</summary>
    public string? StoppedReason { get; set; }

    /// <summary>When it stopped.</summary>
    public DateTimeOffset? StoppedAt { get; set; }

    /// <summary>When they were last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Who changed them.</summary>
    public required string UpdatedBy { get; set; }
}

/// <summary>Where Mixpanel keeps a project.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DataResidency>))]
public enum DataResidency
{
    /// <summary>api.mixpanel.com</summary>
    [JsonStringEnumMemberName("us")] Us,

    /// <summary>api-eu.mixpanel.com</summary>
    [JsonStringEnumMemberName("eu")] Eu,

    /// <summary>api-in.mixpanel.com</summary>
    [JsonStringEnumMemberName("in")] In,
}
