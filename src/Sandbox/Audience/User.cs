using System.Text.Json.Nodes;

namespace Muster.Sandbox.Audience;

/// <summary>One user of the sandbox's project. Changed only under the audience's lock.</summary>
internal sealed class User
{
    /// <summary>The sandbox's own number of the user, the same over a restart; no API shows it.</summary>
    public required long Number { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Lower-case; null where the project knows the user by <c>userId</c> only.</summary>
    public string? Email { get; set; }

    public string? UserId { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Profile fields, made with the first one.</summary>
    public JsonObject? Fields { get; set; }

    /// <summary>An unsubscribe with <c>channelUnsubscribe: true</c> reached this user: mail to them has stopped.</summary>
    public bool ChannelUnsubscribed { get; set; }
}
