using System.Text.Json.Serialization;

namespace Muster.Control;

/// <summary>One Iterable project, reached with one API key in one data center.</summary>
public sealed class Connection
{
    /// <summary>The numeric id.</summary>
    public int Id { get; init; }

    /// <summary>The project it belongs to.</summary>
    public required int ProjectId { get; init; }

    /// <summary>Its name among the project's connections.</summary>
    public required string Name { get; set; }

    /// <summary>Whether it can be used.</summary>
    public required ConnectionStatus Status { get; set; }

    /// <summary>Where the Iterable project lives; a key is known in one data center only.</summary>
    public required DataCenter DataCenter { get; init; }

    /// <summary>How the Iterable project identifies its users; fixed for life.</summary>
    public required ProjectType ProjectType { get; init; }

    /// <summary>What is sent as userId when a member has no $iterable_user_id.</summary>
    public required UserIdFallback UserIdFallback { get; set; }

    /// <summary>The API key, encrypted by Data Protection; null once disconnected.</summary>
    public string? ProtectedApiKey { get; set; }

    /// <summary>The key's last four characters.</summary>
    public required string ApiKeyHint { get; set; }

    /// <summary>The value Iterable must send as Authorization with its webhooks, encrypted by Data Protection.</summary>
    public required string ProtectedWebhookAuthorization { get; set; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who made it.</summary>
    public required string CreatedBy { get; init; }
}

/// <summary>Whether a connection can be used.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConnectionStatus>))]
public enum ConnectionStatus
{
    /// <summary>Its key works as far as is known.</summary>
    [JsonStringEnumMemberName("connected")] Connected,

    /// <summary>Its key is destroyed, its syncs have stopped; lists and history stay.</summary>
    [JsonStringEnumMemberName("disconnected")] Disconnected,
}

/// <summary>Iterable's data centers.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DataCenter>))]
public enum DataCenter
{
    /// <summary>api.iterable.com</summary>
    [JsonStringEnumMemberName("us")] Us,

    /// <summary>api.eu.iterable.com; has no email-based projects.</summary>
    [JsonStringEnumMemberName("eu")] Eu,
}

/// <summary>How an Iterable project identifies its users.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ProjectType>))]
public enum ProjectType
{
    /// <summary>By email.</summary>
    [JsonStringEnumMemberName("email")] Email,

    /// <summary>By email and userId, both unique.</summary>
    [JsonStringEnumMemberName("hybrid")] Hybrid,

    /// <summary>By userId.</summary>
    [JsonStringEnumMemberName("userId")] UserId,
}

/// <summary>What is sent as userId for a member without $iterable_user_id.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<UserIdFallback>))]
public enum UserIdFallback
{
    /// <summary>Nothing, so that Iterable's own user id is never overwritten by a distinct id.</summary>
    [JsonStringEnumMemberName("none")] None,

    /// <summary>The member's canonical id, as Mixpanel does.</summary>
    [JsonStringEnumMemberName("distinct_id")] DistinctId,
}
