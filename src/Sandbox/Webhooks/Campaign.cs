using System.Globalization;
using System.Text.Json.Nodes;

namespace Muster.Sandbox.Webhooks;

/// <summary>Someone a campaign goes to.</summary>
internal sealed record Recipient(string? Email, string? UserId, bool Unsubscribed);

/// <summary>One event of a campaign, and how long after its start it happens.</summary>
internal sealed record CampaignEvent(TimeSpan After, string Name, Recipient Recipient, JsonObject Fields);

/// <summary>
/// What happens when a campaign goes to a list: sends within a minute, bounces soon after, opens over two days with most in
/// the first hours, clicks shortly after an open, here and there someone who unsubscribes or complains.
/// </summary>
/// <param name="Id">The campaign's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="ListId">The list it goes to.</param>
internal sealed record Campaign(long Id, string Name, long ListId)
{
    private const double BounceShare = 0.02;
    private const double OpenShare = 0.42;
    private const double SecondOpenShare = 0.3;
    private const double ClickShare = 0.22;
    private const double UnsubscribeShare = 0.006;
    private const double ComplaintShare = 0.001;

    private static readonly TimeSpan Sending = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Latest = TimeSpan.FromDays(2);

    private static readonly string[] Devices = ["Gmail", "iPhone", "Outlook", "AppleMail", "Android"];

    /// <summary>The events, in order of time. The same numbers give the same events.</summary>
    public IReadOnlyList<CampaignEvent> Play(IReadOnlyList<Recipient> recipients, Random random)
    {
        var events = new List<CampaignEvent>();
        for (var i = 0; i < recipients.Count; i++)
        {
            PlayFor(recipients[i], string.Create(CultureInfo.InvariantCulture, $"{Id:x8}{i:x8}{random.NextInt64():x16}"), random, events);
        }

        return [.. events.OrderBy(e => e.After)];
    }

    private void PlayFor(Recipient recipient, string messageId, Random random, List<CampaignEvent> events)
    {
        var sent = Sending * random.NextDouble();
        if (recipient.Unsubscribed)
        {
            Add(events, sent, "emailSendSkip", recipient, messageId, ("reason", "UnsubscribedEmailChannel"));
            return;
        }

        Add(events, sent, "emailSend", recipient, messageId, ("transactionalData", null), ("contentId", 331201));
        if (random.NextDouble() < BounceShare)
        {
            Add(events, sent + TimeSpan.FromSeconds(1 + (random.NextDouble() * 90)), "emailBounce", recipient, messageId,
                ("recipientState", random.Next(4) == 0 ? "SoftBounce" : "HardBounce"));
            return;
        }

        if (random.NextDouble() >= OpenShare)
        {
            return;
        }

        // Log-normal with a median of 40 minutes: most open within hours, some after a day.
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var opened = sent + TimeSpan.FromMinutes(Math.Min(40 * Math.Exp(1.4 * normal), Latest.TotalMinutes));
        var device = Devices[random.Next(Devices.Length)];
        Add(events, opened, "emailOpen", recipient, messageId, ("userAgentDevice", device), ("proxySource", device == "Gmail" ? "Gmail" : null));
        if (random.NextDouble() < SecondOpenShare)
        {
            Add(events, opened + TimeSpan.FromMinutes(1 + (random.NextDouble() * 300)), "emailOpen", recipient, messageId, ("userAgentDevice", device));
        }

        var after = opened + TimeSpan.FromSeconds(5 + (random.NextDouble() * 120));
        if (random.NextDouble() < ClickShare)
        {
            Add(events, after, "emailClick", recipient, messageId,
                ("url", "https://shop.example/sale"), ("hrefIndex", random.Next(3)), ("userAgentDevice", device));
        }

        var leaves = random.NextDouble();
        if (leaves < ComplaintShare)
        {
            Add(events, after, "emailComplaint", recipient, messageId);
        }
        else if (leaves < ComplaintShare + UnsubscribeShare)
        {
            Add(events, after, "hostedUnsubscribeClick", recipient, messageId);
            Add(events, after + TimeSpan.FromSeconds(2), "emailUnSubscribe", recipient, messageId: null, ("unsubSource", "EmailLink"));
        }
    }

    private void Add(
        List<CampaignEvent> events, TimeSpan after, string name, Recipient recipient, string? messageId, params ReadOnlySpan<(string Key, JsonNode? Value)> more)
    {
        var fields = new JsonObject
        {
            ["campaignId"] = Id,
            ["campaignName"] = Name,
            ["templateId"] = Id + 1000,
            ["channelId"] = 1,
            ["messageTypeId"] = 1,
            ["workflowId"] = null,
            ["labels"] = new JsonArray(),
            ["email"] = recipient.Email,
        };
        if (messageId is not null)
        {
            fields["messageId"] = messageId;
        }

        foreach (var (key, value) in more)
        {
            fields[key] = value;
        }

        events.Add(new CampaignEvent(after, name, recipient, fields));
    }
}
