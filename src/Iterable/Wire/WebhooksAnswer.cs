using System.Text.Json;

namespace Muster.Iterable.Wire;

/// <summary>One webhook of GET /api/webhooks.</summary>
internal sealed record WebhookDetails(long Id, string Endpoint, string AuthType, bool Enabled, bool BlastSendEnabled, bool TriggeredSendEnabled);

/// <summary>Reads the answer about webhooks.</summary>
internal static class WebhooksAnswer
{
    /// <summary>GET /api/webhooks</summary>
    /// <exception cref="UnreadableAnswerException">It is not what Iterable answers.</exception>
    public static IReadOnlyList<WebhookDetails> Read(JsonElement answer)
    {
        if (!answer.TryGetProperty("webhooks", out var webhooks) || webhooks.ValueKind != JsonValueKind.Array)
        {
            throw new UnreadableAnswerException("has no webhooks");
        }

        return [.. webhooks.EnumerateArray().Where(w => w.ValueKind == JsonValueKind.Object).Select(w => new WebhookDetails(
            w.TryGetProperty("id", out var id) && id.TryGetInt64(out var number) ? number : 0,
            JsonText.Read(w, "endpoint") ?? "", JsonText.Read(w, "authType") ?? "NoAuth",
            Is(w, "enabled"), Is(w, "blastSendEnabled"), Is(w, "triggeredSendEnabled")))];
    }

    private static bool Is(JsonElement webhook, string name) => webhook.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
