using System.Globalization;
using Muster.Control;
using Muster.Control.Notifications;

namespace Muster.Syncs.Runs;

/// <summary>Says for a sync's people what happened to it.</summary>
internal static class NotificationTexts
{
    public static Notification Paused(RunSubject subject, RunError error, DateTimeOffset at) => Of(
        subject, NotificationKind.Paused, $"Muster paused the sync of '{subject.Cohort.Name}'",
        Invariant($"{error.Message} Nothing runs until someone resumes it: muster sync resume {subject.Sync.Id}."), at);

    public static Notification Held(RunSubject subject, RunError error, DateTimeOffset at) => Of(
        subject, NotificationKind.Held, $"Muster holds the sync of '{subject.Cohort.Name}' and waits for approval",
        Invariant($"{error.Message} To let it go on: muster sync approve {subject.Sync.Id}."), at);

    public static Notification Failing(RunSubject subject, int failures, RunError error, DateTimeOffset at) => Of(
        subject, NotificationKind.Failing, Invariant($"{failures} runs in a row failed for the sync of '{subject.Cohort.Name}'"),
        $"The last one: {error.Message} The sync goes on trying by its schedule; you are told when a run succeeds.", at);

    public static Notification Recovered(RunSubject subject, RunCounts counts, DateTimeOffset at) => Of(
        subject, NotificationKind.Recovered, $"The sync of '{subject.Cohort.Name}' works again",
        Invariant($"The list is what the cohort is: {counts.Matched:N0} people matched, {counts.Adds:N0} added, {counts.Removes:N0} removed. Nothing is to be done."), at);

    private static Notification Of(RunSubject subject, NotificationKind kind, string subjectLine, string text, DateTimeOffset at) => new()
    {
        ProjectId = subject.Project.Id,
        SyncId = subject.Sync.Id,
        RunId = subject.Run.Id,
        Kind = kind,
        Subject = subjectLine,
        Text = Invariant($"{text}\n\nProject '{subject.Project.Name}', list '{subject.Sync.ListName}', sync {subject.Sync.Id}, run {subject.Run.Id}."),
        At = at,
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
