using Muster.Web.Api;
using Muster.Web.Elements;

namespace Muster.Web.Syncs;

/// <summary>How pages speak of syncs and runs.</summary>
internal static class SyncWords
{
    /// <summary>The steps of a run, in order, as people read them.</summary>
    public static readonly IReadOnlyList<(string Step, string Title, string What)> Steps =
    [
        ("list", "List", "find or make it"),
        ("stage", "Stage", "the cohort's members"),
        ("match", "Match", "who they are in Iterable"),
        ("plan", "Plan", "compare with the list"),
        ("push", "Push", "send the changes"),
        ("settle", "Settle", "write it down"),
    ];

    /// <summary>The type, with its interval.</summary>
    public static string Type(SyncItem sync) => sync.Type == "dynamic"
        ? $"Dynamic, every {Every(sync.IntervalSeconds)}"
        : "One-time";

    /// <summary>An interval as in <c>every 15 minutes</c>.</summary>
    public static string Every(int seconds) => seconds switch
    {
        60 => "minute",
        3600 => "hour",
        86_400 => "day",
        _ => Figures.Duration(TimeSpan.FromSeconds(seconds)),
    };

    /// <summary>Where a sync stands.</summary>
    public static (string Text, string Tone) Status(string status) => status switch
    {
        "active" => ("Active", "good"),
        "paused" => ("Paused", "warn"),
        "held" => ("Held", "bad"),
        _ => ("Not active", ""),
    };

    /// <summary>How a run stands.</summary>
    public static (string Text, string Tone) RunStatus(string status) => status switch
    {
        "succeeded" => ("Succeeded", "good"),
        "failed" => ("Failed", "bad"),
        "held" => ("Held", "bad"),
        "running" => ("Running", "busy"),
        "queued" => ("Queued", "busy"),
        _ => ("Canceled", ""),
    };

    /// <summary>Why a run was started.</summary>
    public static string Trigger(string trigger) => trigger switch
    {
        "first" => "first export",
        "schedule" => "schedule",
        "manual" => "asked for",
        "resume" => "resumed",
        "reconcile" => "reconcile",
        _ => trigger,
    };

    /// <summary>Why members are skipped or rejected, and what to do.</summary>
    public static string Advice(string reason) => reason switch
    {
        "no_email" => "The profile has no $email.",
        "no_identifier" => "The profile has neither $email nor $iterable_user_id.",
        "no_user_id" => "The profile has no $iterable_user_id.",
        "invalid_email" => "The address is not one that Iterable takes.",
        "invalid_user_id" => "The user id is not one that Iterable takes.",
        "duplicate" => "Another member has the same address or user id and stands for both.",
        "forgotten" => "Iterable has forgotten them on a privacy request; they are never sent again.",
        "conflict" => "Address and user id belong to two different users in Iterable.",
        "not_found" => "Iterable knows no such user and makes none by itself.",
        "not_sent" => "The run ended before they were sent; the next one sends them.",
        "unconfirmed" => "The run ended before Iterable confirmed them; the next one sends them again.",
        _ => "",
    };
}
