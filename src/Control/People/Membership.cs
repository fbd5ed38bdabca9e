using Muster.Control.Tokens;

namespace Muster.Control.People;

/// <summary>What one person may do in one project. It counts once it is accepted.</summary>
/// <remarks>
/// Each invitation is its membership's own: whoever has the link to one project gets into that one, whatever else the
/// same address is invited to.
/// </remarks>
public sealed class Membership
{
    /// <summary>The row's id.</summary>
    public int Id { get; init; }

    /// <summary>The project.</summary>
    public required int ProjectId { get; init; }

    /// <summary>The person.</summary>
    public required int PersonId { get; init; }

    /// <summary>What they may do there.</summary>
    public required Role Role { get; set; }

    /// <summary>When they accepted; null: they are invited only.</summary>
    public DateTimeOffset? AcceptedAt { get; set; }

    /// <summary>SHA-256 of the one-time link, hex; null: there is none.</summary>
    public string? InvitationHash { get; set; }

    /// <summary>When the link stops working.</summary>
    public DateTimeOffset? InvitationExpiresAt { get; set; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
