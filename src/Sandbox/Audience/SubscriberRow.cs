using System.Text.Json;

namespace Muster.Sandbox.Audience;

/// <summary>One user of a request body: a subscriber, an unsubscriber or a profile update.</summary>
internal sealed record SubscriberRow
{
    public string? Email { get; init; }

    public string? UserId { get; init; }

    public JsonElement? DataFields { get; init; }

    public bool MergeNestedObjects { get; init; }

    /// <summary>Email-based projects only: make a user for an unknown <c>userId</c> rather than failing.</summary>
    public bool PreferUserId { get; init; }
}
