using System.Text.Json.Serialization;
using Muster.Control;
using Muster.Iterable.Calls;
using Muster.Iterable.Wire;

namespace Muster.Iterable.Webhooks;

/// <summary>How Iterable's side of the webhooks stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WebhookState>))]
internal enum WebhookState
{
    /// <summary>There, enabled and authenticated.</summary>
    [JsonStringEnumMemberName("ready")] Ready,

    /// <summary>There, but something has to be changed.</summary>
    [JsonStringEnumMemberName("incomplete")] Incomplete,

    /// <summary>Iterable has none that comes here.</summary>
    [JsonStringEnumMemberName("missing")] Missing,
}

/// <summary>What Iterable has set up, and what to change there.</summary>
/// <param name="State">How it stands.</param>
/// <param name="WebhookId">Iterable's id of the webhook; null: none.</param>
/// <param name="ToDo">What to change in Iterable; empty when it is ready.</param>
internal sealed record WebhookCheckView(WebhookState State, long? WebhookId, IReadOnlyList<string> ToDo);

/// <summary>Asks Iterable whether our webhook is there, enabled and authenticated.</summary>
/// <remarks>Iterable does not show which token it sends; whether it is the right one shows with the first event.</remarks>
internal sealed class WebhookCheck(IHttpClientFactory http, Secrets secrets, IterableOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Asks.</summary>
    /// <param name="connection">The connection; not disconnected.</param>
    /// <param name="url">Where its webhooks are to go.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CallFaultException">Iterable cannot be asked.</exception>
    public async Task<WebhookCheckView> AskAsync(Connection connection, Uri url, CancellationToken cancellationToken)
    {
        var calls = new IterableHttp(
            http.CreateClient(IterableHttp.ClientName), options.UrlOf(connection.DataCenter), secrets.Unprotect(connection.ProtectedApiKey!), clock);
        var request = new CallRequest { Operation = "list webhooks", Method = HttpMethod.Get, Path = "api/webhooks", Timeout = Patience };
        var webhooks = await calls.SendAsync(
            request,
            async (response, limit) =>
            {
                using var document = await AnswerBody.ReadObjectAsync(response, limit.Token);
                return WebhooksAnswer.Read(document.RootElement);
            },
            cancellationToken);
        return Judge(webhooks, url);
    }

    /// <summary>Judges what Iterable has; by the path, as Iterable may reach this program under another name.</summary>
    public static WebhookCheckView Judge(IReadOnlyList<WebhookDetails> webhooks, Uri url)
    {
        var ours = webhooks
            .Where(w => Uri.TryCreate(w.Endpoint, UriKind.Absolute, out var endpoint) && endpoint.AbsolutePath.TrimEnd('/').EndsWith(url.AbsolutePath, StringComparison.Ordinal))
            .OrderByDescending(w => w.Enabled).ThenByDescending(w => w.AuthType == "Basic").FirstOrDefault();
        if (ours is null)
        {
            return new WebhookCheckView(WebhookState.Missing, null,
                [$"In Iterable, under Integrations > System Webhooks, create a webhook with the endpoint {url}, authentication Basic, and the token behind 'Basic ' of the connection's webhook.authorization; then enable it for the events you want."]);
        }

        var toDo = new List<string>();
        if (!ours.Enabled)
        {
            toDo.Add("Enable the webhook in Iterable: it is switched off.");
        }

        if (ours.AuthType != "Basic")
        {
            toDo.Add($"Set its authentication to Basic, with the token behind 'Basic ' of the connection's webhook.authorization: it is {ours.AuthType}, and its calls are refused.");
        }

        if (ours is { BlastSendEnabled: false, TriggeredSendEnabled: false })
        {
            toDo.Add("Enable it for blast and triggered sends: it is called for neither.");
        }
        else if (!ours.BlastSendEnabled || !ours.TriggeredSendEnabled)
        {
            toDo.Add($"Enable it for {(ours.BlastSendEnabled ? "triggered" : "blast")} sends too: their events do not come.");
        }

        return new WebhookCheckView(toDo.Count == 0 ? WebhookState.Ready : WebhookState.Incomplete, ours.Id, toDo);
    }
}
