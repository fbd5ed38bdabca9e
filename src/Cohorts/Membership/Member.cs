namespace Muster.Cohorts.Membership;

/// <summary>A member of a cohort as it is shown: who it is, and what Iterable would know it by.</summary>
/// <param name="UserId">The canonical id's number in the store.</param>
/// <param name="DistinctId">The canonical id.</param>
/// <param name="Email">The profile's <c>$email</c>: the text as it is, other values as JSON; null when not set.</param>
/// <param name="IterableUserId">The profile's <c>$iterable_user_id</c>, in the same way.</param>
/// <param name="FirstName">The profile's <c>$first_name</c>.</param>
/// <param name="LastName">The profile's <c>$last_name</c>.</param>
internal sealed record Member(int UserId, string DistinctId, string? Email, string? IterableUserId, string? FirstName, string? LastName);
