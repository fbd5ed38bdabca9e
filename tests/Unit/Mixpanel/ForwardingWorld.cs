using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Mixpanel;
using Muster.Tests.Unit.Iterable.Webhooks;
using Shouldly;

namespace Muster.Tests.Unit.Mixpanel;

/// <summary>A Muster whose connection takes webhooks, and a Mixpanel that their events may go on to.</summary>
internal sealed class ForwardingWorld : IAsyncDisposable
{
    private ForwardingWorld(WebhookWorld hooks, FakeMixpanel mixpanel) => (Hooks, Mixpanel) = (hooks, mixpanel);

    public WebhookWorld Hooks { get; }

    public FakeMixpanel Mixpanel { get; }

    public string Path => string.Create(CultureInfo.InvariantCulture, $"connections/{Hooks.ConnectionId}/forwarding");

    public static async Task<ForwardingWorld> StartAsync(CancellationToken cancellationToken)
    {
        var mixpanel = await FakeMixpanel.StartAsync(cancellationToken);
        var options = new MixpanelOptions
        {
            IngestUrl = mixpanel.Address,
            RetryBaseDelay = TimeSpan.FromMilliseconds(2),
            PollInterval = TimeSpan.FromMilliseconds(10),
        };
        return new ForwardingWorld(
            await WebhookWorld.StartAsync(cancellationToken, services => services.AddMixpanel(options), api => api.MapMixpanel()), mixpanel);
    }

    /// <summary>Switches forwarding on.</summary>
    public Task<JsonElement> ForwardAsync(string? secret = null) => PutAsync(new JsonObject
    {
        ["mixpanelProjectId"] = 1234567,
        ["serviceAccount"] = "muster.1.mp-service-account",
        ["serviceAccountSecret"] = secret ?? FakeMixpanel.Secret,
    });

    public async Task<JsonElement> PutAsync(JsonObject body)
    {
        using var answer = await Hooks.Muster.Admin.PutAsJsonAsync(Path, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public Task<JsonElement> ShowAsync(HttpClient? client = null) => (client ?? Hooks.Muster.Admin).GetFromJsonAsync<JsonElement>(Path);

    public async Task<List<JsonElement>> DeadLettersAsync(HttpClient? client = null)
    {
        var page = await (client ?? Hooks.Muster.Admin).GetFromJsonAsync<JsonElement>($"{Path}/dead-letters");
        return [.. page.GetProperty("items").EnumerateArray()];
    }

    public async Task<JsonElement> PostAsync(string what, JsonObject? body = null)
    {
        using var answer = await Hooks.Muster.Admin.PostAsJsonAsync($"{Path}/{what}", body ?? []);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>Returns when what is shown is as it should be.</summary>
    public async Task<JsonElement> UntilAsync(Func<JsonElement, bool> isSo, CancellationToken cancellationToken)
    {
        while (true)
        {
            var shown = await ShowAsync();
            if (isSo(shown))
            {
                return shown;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellationToken);
        }
    }

    public Task<JsonElement> UntilEmptyAsync(CancellationToken cancellationToken) =>
        UntilAsync(shown => shown.GetProperty("depth").GetInt64() == 0, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Hooks.DisposeAsync();
        await Mixpanel.DisposeAsync();
    }
}
