using System.Globalization;
using Muster.Control;
using Muster.Syncs.Delivery;
using Muster.Syncs.Matching;

namespace Muster.Syncs.People;

/// <summary>Says in a sentence or two why a person is on a list, or why not.</summary>
internal static class WhyTexts
{
    /// <summary>The answer.</summary>
    /// <param name="standing">What is known of the person on this list.</param>
    /// <param name="isMember">Whether they are in the cohort now; null: that cannot be computed.</param>
    public static string Of(ListStanding standing, bool? isMember)
    {
        var (run, receipt) = (standing.Run, standing.Receipt);
        if (isMember is null)
        {
            return $"{(standing.OnList ? "On the list" : "Not on the list")}. The cohort cannot be computed at present, so whether they belong to it is not known: mend its definition.";
        }

        if (isMember == false)
        {
            return standing.OnList
                ? $"On the list, but no longer in the cohort. {Next(standing.Sync, "takes them off")}"
                : receipt is { Operation: "remove" }
                    ? Invariant($"Not on the list: they left the cohort and were taken off in run {run!.Id}.")
                    : "Not on the list: they are not in the cohort.";
        }

        if (receipt is null)
        {
            return standing.OnList
                ? "On the list and in the cohort."
                : standing.LastRun is null
                    ? $"Not on the list yet: in the cohort, but no run of the sync has ended yet. {Next(standing.Sync, "adds them")}"
                    : $"Not on the list yet: no run has planned for them since they came into the cohort. {LastError(standing.LastRun)}{Next(standing.Sync, "adds them")}";
        }

        return receipt switch
        {
            { Outcome: "added" or "unchanged" } when standing.OnList => Invariant($"On the list: in the cohort, and Iterable acknowledged it (run {run!.Id}).{Note(receipt.Reason)}"),
            { Outcome: "added" or "unchanged" } => $"Not on the list any more, though they are in the cohort: someone else took them off, or the list was made again. {Next(standing.Sync, "adds them")}",
            { Outcome: "rejected" } when receipt.Operation == "add" => Invariant($"{(standing.OnList ? "On the list, but the last call for them was refused" : "Not on the list: Iterable refused them")} in run {run!.Id} ({receipt.Reason}): {Rejection(receipt.Reason)}"),
            { Operation: "remove" } => $"Not on the list yet: they left the cohort and are in it again. {Next(standing.Sync, "adds them")}",
            { Reason: "not_sent" or "unconfirmed" } => Invariant($"{(standing.OnList ? "On the list" : "Not on the list yet")}: run {run!.Id} planned to add them and ended before Iterable acknowledged it. {LastError(run)}{Next(standing.Sync, "sends it")}"),
            _ => Invariant($"{(receipt.Reason == SkipReasons.Duplicate && standing.OnList ? "On the list through another person" : "Not on the list, though in the cohort")} ({receipt.Reason}, run {run!.Id}): {Skip(receipt.Reason)}"),
        };
    }

    private static string Next(Sync sync, string does) => sync.Status switch
    {
        SyncStatus.Active => $"The next run {does}.",
        SyncStatus.Held => $"The sync is held; the run that is approved {does}.",
        SyncStatus.Paused => $"The sync is paused ({sync.PausedReason}); once it is resumed its next run {does}.",
        _ => $"The export was for once and is done; another run {does}.",
    };

    private static string LastError(Run run) => run.Error is { } error ? $"{error.Message} " : "";

    private static string Note(string? reason) => reason switch
    {
        "user_id_left_out" => " Their user id cannot be one in Iterable, so the address went alone.",
        "email_left_out" => " Their address is none, so the user id went alone.",
        _ => "",
    };

    private static string Skip(string? reason) => reason switch
    {
        SkipReasons.NoEmail => "the profile has no $email. Set it, and the next run adds them.",
        SkipReasons.NoIdentifier => "the profile has neither $email nor $iterable_user_id. Set one, and the next run adds them.",
        SkipReasons.NoUserId => "the profile has no $iterable_user_id, and no id may stand for it. Set it, or let the connection fall back to distinct ids.",
        SkipReasons.InvalidEmail => "$email is not an address that Iterable takes. Correct it, and the next run adds them.",
        SkipReasons.InvalidUserId => "the user id is not one that Iterable takes (1 to 52 printable ASCII characters, no space at the end). Correct $iterable_user_id.",
        SkipReasons.Duplicate => "another member has the same address or user id and stands for both. The list loses it only when no such member is left.",
        SkipReasons.Forgotten => "Iterable has forgotten them on a privacy request; they are never sent again.",
        _ => $"Iterable refused exactly this data within the last day. {Rejection(reason)}",
    };

    private static string Rejection(string? reason) => reason switch
    {
        RejectionReasons.Forgotten => "it has forgotten them on a privacy request; they are never sent again.",
        RejectionReasons.Conflict => "their address and user id belong to two different users there. Merge or correct them in Iterable, or correct $iterable_user_id.",
        RejectionReasons.NotFound => "it knows no such user and makes none by itself. Make the user there, or check the connection's project type.",
        RejectionReasons.InvalidEmail => "the address is malformed in its eyes. Correct $email.",
        RejectionReasons.InvalidUserId => "the user id is malformed in its eyes. Correct $iterable_user_id.",
        _ => "some of the user's data there is malformed. Look at the user in Iterable. Changed data is tried at once, the same data after a day.",
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
