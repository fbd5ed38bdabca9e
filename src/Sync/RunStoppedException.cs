using System.Globalization;
using Muster.Control;

namespace Muster.Syncs;

/// <summary>A run that declined to go on, before anything was sent.</summary>
public sealed class RunStoppedException : Exception
{
    private RunStoppedException(string code, string message)
        : base(message) => Code = code;

    /// <summary>A stable code: <c>no_matchable_members</c>, <c>too_many_members</c> or <c>held</c>.</summary>
    public string Code { get; }

    /// <summary>Whether someone's approval lets it go on.</summary>
    public bool IsHeld => Code == "held";

    internal static RunStoppedException Held(string reason) =>
        new("held", $"{reason} Nothing was sent. Approve the run, or change the cohort.");

    internal static RunStoppedException TooManyMembers(long members, long limit) => new(
        "too_many_members",
        string.Create(CultureInfo.InvariantCulture, $"The cohort has {members:N0} members, more than the {limit:N0} an export may have (MUSTER_SYNC_MAX_MEMBERS). Nothing was sent; the list is as it was. Narrow the cohort, or raise the limit."));

    internal static RunStoppedException NoMatchableMembers(RunCounts counts, ProjectType projectType) => new(
        "no_matchable_members",
        string.Create(CultureInfo.InvariantCulture, $"None of the cohort's {counts.Members:N0} members can be matched with an Iterable user ({Reasons(counts)}). Nothing was sent; the list is as it was. {WhatToSet(projectType)}"));

    private static string Reasons(RunCounts counts) =>
        string.Join(", ", counts.Skipped.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Key}: {s.Value:N0}")));

    private static string WhatToSet(ProjectType projectType) => projectType switch
    {
        ProjectType.Email => "Set the profile property $email to each person's address.",
        ProjectType.Hybrid => "Set the profile property $email or $iterable_user_id for each person.",
        _ => "Set the profile property $iterable_user_id to each person's userId in Iterable, or let the connection fall back to distinct ids.",
    };
}
