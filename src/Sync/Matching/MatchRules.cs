using Muster.Control;

namespace Muster.Syncs.Matching;

/// <summary>How the subscribers of a run's members are decided. Fixed for a run.</summary>
public sealed record MatchRules
{
    /// <summary>The connection, whose forgotten people are never sent again.</summary>
    public required int ConnectionId { get; init; }

    /// <summary>How its Iterable project identifies users.</summary>
    public required ProjectType ProjectType { get; init; }

    /// <summary>Whether a member without $iterable_user_id goes by its canonical id (never one of a device).</summary>
    public required bool CanonicalIdAsUserId { get; init; }

    /// <summary>When the run matches. Refusals of later were noted by a clock that was wrong, and do not count.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Refusals of this sync that are older than this are tried again.</summary>
    public DateTimeOffset RetryRefusalsBefore => Now - TimeSpan.FromDays(1);

    /// <summary>The rules of a connection in a project.</summary>
    public static MatchRules For(Connection connection, IdMerge idMerge, DateTimeOffset now) => new()
    {
        ConnectionId = connection.Id,
        ProjectType = connection.ProjectType,
        // On simplified ID merge the canonical id of an identified person is their $user_id, which must equal the
        // identifier in Iterable: a userId project can go by it without being told to.
        CanonicalIdAsUserId = connection.UserIdFallback == UserIdFallback.DistinctId
            || (connection.ProjectType == ProjectType.UserId && idMerge == IdMerge.Simplified),
        Now = now,
    };
}

/// <summary>Why a member has no subscriber of its own.</summary>
public static class SkipReasons
{
    /// <summary>No $email on the profile (email projects).</summary>
    public const string NoEmail = "no_email";

    /// <summary>Neither address nor user id (hybrid projects).</summary>
    public const string NoIdentifier = "no_identifier";

    /// <summary>No user id (userId projects).</summary>
    public const string NoUserId = "no_user_id";

    /// <summary>$email is not an address.</summary>
    public const string InvalidEmail = "invalid_email";

    /// <summary>The user id is not 1-52 printable ASCII characters without a trailing space.</summary>
    public const string InvalidUserId = "invalid_user_id";

    /// <summary>Another member has the same subscriber identity and stands for both.</summary>
    public const string Duplicate = "duplicate";

    /// <summary>Iterable has forgotten this person on request.</summary>
    public const string Forgotten = "forgotten";
}
