using System.Text.Json.Serialization;
using Muster.Control.Tokens;

namespace Muster.Control.People;

/// <summary>How far someone's membership has come.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PersonStatus>))]
public enum PersonStatus
{
    /// <summary>They have a link and did not use it yet.</summary>
    [JsonStringEnumMemberName("invited")] Invited,

    /// <summary>They are in.</summary>
    [JsonStringEnumMemberName("active")] Active,
}

/// <summary>A one-time link, shown to whoever made it, this once.</summary>
/// <param name="Url">Hand it over; no mail is sent.</param>
/// <param name="ExpiresAt">When it stops working.</param>
public sealed record InvitationView(string Url, DateTimeOffset ExpiresAt);

/// <summary>Someone who may do something in a project.</summary>
/// <param name="Id">The person.</param>
/// <param name="Email">Their address.</param>
/// <param name="Role">What they may do.</param>
/// <param name="Status">Whether they are in.</param>
/// <param name="EveryProject">Whether they are admin of every project; that is changed at <c>/people</c>.</param>
/// <param name="TwoFactor">Whether they sign in with an authenticator app as well.</param>
/// <param name="LastSignInAt">When they last signed in.</param>
/// <param name="CreatedAt">When they were added.</param>
/// <param name="Invitation">In the answer to an invitation only.</param>
public sealed record PersonView(
    int Id, string Email, Role Role, PersonStatus Status, bool EveryProject, bool TwoFactor, DateTimeOffset? LastSignInAt, DateTimeOffset CreatedAt,
    InvitationView? Invitation = null);
