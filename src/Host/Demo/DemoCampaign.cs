using System.Text.Json;
using Muster.Host.Client;

namespace Muster.Host.Demo;

/// <summary>Closes the demo's loop: the sandbox sends a campaign to the first list, and tells Muster who got, opened and clicked it.</summary>
internal sealed class DemoCampaign(ApiClient api, Uri sandbox)
{
    /// <summary>Two days of opens pass in twelve minutes.</summary>
    private const double Speed = 240;

    private const string Scheme = "Basic ";

    /// <summary>Sets the webhook up in the sandbox, as a person would in Iterable, and sends the campaign once the list is complete.</summary>
    /// <param name="connection">The connection, with its webhook.</param>
    /// <param name="sync">The sync whose list it goes to.</param>
    /// <param name="say">Told what happened.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task SendAsync(JsonElement connection, JsonElement sync, Action<string> say, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = sandbox };
        var webhook = connection.GetProperty("webhook");
        using (var set = await http.PostAsJsonAsync(
            "sandbox/webhooks",
            new { endpoint = webhook.GetProperty("url").GetString(), authToken = webhook.GetProperty("authorization").GetString()![Scheme.Length..] },
            cancellationToken))
        {
            set.EnsureSuccessStatusCode();
        }

        var id = sync.GetProperty("id").GetRawText();
        var listId = (await api.GetAsync($"syncs/{id}", cancellationToken)).GetProperty("listId");
        if (listId.ValueKind != JsonValueKind.Number)
        {
            return;
        }

        using var sent = await http.PostAsJsonAsync(
            "sandbox/campaigns", new { listId = listId.GetInt64(), name = "Welcome", speed = Speed }, cancellationToken);
        sent.EnsureSuccessStatusCode();
        var campaign = await sent.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        say($"The sandbox sends a campaign to {campaign.GetProperty("recipients").GetRawText()} people of the first list; "
            + $"what they do comes back by webhook: /api/v1/syncs/{id}/results");
    }
}
