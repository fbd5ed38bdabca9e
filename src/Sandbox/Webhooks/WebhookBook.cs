namespace Muster.Sandbox.Webhooks;

/// <summary>The project's webhooks. They are not kept in the data file: who starts the sandbox sets them up again.</summary>
internal sealed class WebhookBook
{
    public static readonly string[] AuthTypes = ["NoAuth", "Basic", "OAuth2"];

    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, Webhook> _webhooks = [];

    public IReadOnlyList<Webhook> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _webhooks.Values];
            }
        }
    }

    /// <summary>Sets one up; one with this endpoint is replaced.</summary>
    public Webhook SetUp(Webhook webhook)
    {
        lock (_gate)
        {
            var id = _webhooks.Values.FirstOrDefault(w => w.Endpoint == webhook.Endpoint)?.Id ?? _webhooks.Count + 1L;
            return _webhooks[id] = webhook with { Id = id };
        }
    }

    /// <summary>Changes one; null when there is none with that id.</summary>
    public Webhook? Change(long id, Func<Webhook, Webhook> change)
    {
        lock (_gate)
        {
            return _webhooks.TryGetValue(id, out var webhook) ? _webhooks[id] = change(webhook) : null;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _webhooks.Clear();
        }
    }
}
