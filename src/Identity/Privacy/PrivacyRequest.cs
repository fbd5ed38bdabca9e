namespace Muster.Identity.Privacy;

/// <summary>A request to delete people or to hand out what is held about them, as Mixpanel's interface has it.</summary>
internal sealed record PrivacyRequest
{
    public const string Deletion = "deletion";
    public const string Retrieval = "retrieval";

    public const string Pending = "PENDING";
    public const string Started = "STARTED";
    public const string Success = "SUCCESS";
    public const string Revoked = "REVOKED";

    /// <summary>Its id.</summary>
    public required string TrackingId { get; init; }

    /// <summary>Deletion or retrieval.</summary>
    public required string Kind { get; init; }

    public required int ProjectId { get; init; }

    /// <summary><c>gdpr</c> or <c>ccpa</c>.</summary>
    public required string ComplianceType { get; init; }

    /// <summary>The name of the token it came with.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTime RequestedAt { get; init; }

    /// <summary>How far it is.</summary>
    public required string Status { get; init; }

    /// <summary>How many ids it came with.</summary>
    public required int IdCount { get; init; }

    /// <summary>Those that are not dealt with yet; of a retrieval, all whose people were not deleted since.</summary>
    public required IReadOnlyList<string> DistinctIds { get; init; }
}
