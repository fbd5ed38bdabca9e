using System.Collections.Frozen;
using Muster.Warehouse.Messages;

namespace Muster.Usage.Mtu;

/// <summary>What an event counts for.</summary>
internal enum EventKind
{
    /// <summary>It makes its user a monthly tracked user.</summary>
    Qualifying,

    /// <summary>A message went out, or could not: it does not.</summary>
    Exempt,

    /// <summary>An event of Mixpanel's own workings or of another message sender: it does not, and is not counted as exempt.</summary>
    Excluded,
}

/// <summary>Which events make their user a monthly tracked user.</summary>
internal static class QualifyingEvents
{
    // Mixpanel's page about Iterable names these; spelling and case matter, and opens and clicks are not among them.
    private static readonly FrozenSet<string> ExemptNames = FrozenSet.Create(
        StringComparer.Ordinal,
        "emailSend", "emailBounce", "emailComplaint", "emailSendSkip", "emailSubscribe", "emailUnSubscribe", "hostedUnsubscribeClick",
        "inAppSend", "inAppSendSkip", "pushBounce", "pushSend", "pushSendSkip", "smsBounce", "smsReceived", "smsSend", "smsSendSkip",
        "webPushSendSkip");

    // Mixpanel's page about monthly tracked users.
    private static readonly FrozenSet<string> ExcludedNames = FrozenSet.Create(
        StringComparer.Ordinal,
        "$identify", "$create_alias", "$merge", "$opt_in", "$mp_session_record", "$campaign_delivery", "$campaign_received",
        "$campaign_bounced", "$campaign_marked_spam", "$message_suppressed", "$unsubscribe", "$journey_entered", "$experiment_started",
        "Mailchimp Campaign - Open", "Mailchimp Campaign - Click", "Mailchimp Campaign - Sent", "Mailchimp Campaign - Unsubscribed",
        "Mailchimp Campaign - Bounce");

    /// <summary>What an event counts for. A customer's own event that is called like one of Iterable's is not exempt.</summary>
    public static EventKind KindOf(string name, string? source) =>
        ExcludedNames.Contains(name) ? EventKind.Excluded
        : source == NewMessage.Source && ExemptNames.Contains(name) ? EventKind.Exempt
        : EventKind.Qualifying;
}
