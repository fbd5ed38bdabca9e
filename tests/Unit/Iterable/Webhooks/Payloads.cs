using System.Text.Json.Nodes;

namespace Muster.Tests.Unit.Iterable.Webhooks;

/// <summary>Events as Iterable sends them.</summary>
internal static class Payloads
{
    /// <summary>Every event name known on the wire.</summary>
    public static readonly string[] Names =
    [
        "emailSend", "emailOpen", "emailClick", "emailBounce", "emailComplaint", "emailSendSkip", "emailSubscribe", "emailUnSubscribe",
        "hostedUnsubscribeClick", "inAppSend", "inAppOpen", "inAppClick", "inAppDelete", "inAppRecall", "inAppSendSkip", "pushSend",
        "pushOpen", "pushBounce", "pushSendSkip", "pushUninstall", "smsSend", "smsClick", "smsReceived", "smsBounce", "smsSendSkip",
        "webPushSend", "webPushClick", "webPushSendSkip", "embeddedReceived", "embeddedImpression", "embeddedClick", "embeddedSession",
        "journeyExit", "whatsAppSend", "somethingNewFromIterable",
    ];

    public static JsonObject Event(string name, string? email = null, string? userId = null, string createdAt = "2026-11-02 10:15:30 +00:00", int message = 1)
    {
        var fields = new JsonObject
        {
            ["createdAt"] = createdAt,
            ["campaignId"] = 59667,
            ["campaignName"] = "Autumn sale, “now”",
            ["templateId"] = 93849,
            ["workflowId"] = null,
            ["messageTypeId"] = 2123,
            ["channelId"] = 16,
            ["labels"] = new JsonArray("sale", "de"),
        };
        var more = name switch
        {
            "emailBounce" => """{"recipientState":"HardBounce","messageId":"ab1"}""",
            "emailClick" or "smsClick" or "webPushClick" => """{"url":"https://shop.example/a?b=1&c=2","hrefIndex":0,"linkUrl":"https://shop.example","userAgent":"Mozilla/5.0","ip":"192.0.2.7"}""",
            "emailOpen" => """{"proxySource":"Gmail","userAgentDevice":"Gmail","city":"Berlin","ip":"192.0.2.7"}""",
            "emailSendSkip" or "pushSendSkip" or "smsSendSkip" or "inAppSendSkip" => """{"reason":"DuplicateMarketingMessage"}""",
            "emailSubscribe" or "emailUnSubscribe" => """{"emailListIds":[1,2],"channelIds":[],"unsubSource":"EmailLink"}""",
            "smsReceived" => """{"toPhoneNumber":"+15550100","fromPhoneNumber":"+15550101","smsMessage":"STOP"}""",
            "pushSend" or "pushBounce" or "pushOpen" or "pushUninstall" => """{"platformEndpoint":"arn:x","payload":{"badge":null,"path":"shop/sale","nested":{"a":{"b":{"c":[1,{"d":2}]}}}}}""",
            "inAppSend" or "inAppOpen" or "inAppClick" => """{"messageContext":{"saveToInbox":true,"trigger":"immediate"}}""",
            _ => "{}",
        };
        foreach (var (key, value) in JsonNode.Parse(more)!.AsObject())
        {
            fields[key] = value?.DeepClone();
        }

        if (!name.StartsWith("sms", StringComparison.Ordinal) && name is not ("emailSubscribe" or "emailUnSubscribe"))
        {
            fields["messageId"] = $"d0aa7801f91f4824997a631f3ed583{message:x}";
        }

        var body = new JsonObject { ["eventName"] = name, ["dataFields"] = fields };
        if (email is not null)
        {
            body["email"] = email;
        }

        if (userId is not null)
        {
            body["userId"] = userId;
        }

        return body;
    }
}
