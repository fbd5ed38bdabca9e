using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Muster.Sandbox.Audience;

namespace Muster.Sandbox.Webhooks;

/// <summary>Sends campaigns to lists and tells the webhooks what happens, as it happens.</summary>
/// <remarks>As with Iterable, a call that is not answered with success is made again, now and then one that was answered too, and their order is not kept.</remarks>
internal sealed class CampaignPlayer(AudienceStore store, WebhookBook book, TimeProvider clock) : IAsyncDisposable
{
    private const int Tries = 4;
    private const int AtOnce = 16;
    private const double RepeatedShare = 0.01;

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<long, PlayedCampaign> _campaigns = new();
    private readonly ConcurrentBag<Task> _playing = [];
    private long _lastId = 59_000;

    /// <summary>The campaigns that were sent.</summary>
    public IReadOnlyList<PlayedCampaign> Campaigns => [.. _campaigns.Values.OrderBy(c => c.Id)];

    /// <summary>Sends a campaign; null when there is no such list.</summary>
    /// <param name="request">What and how.</param>
    public PlayedCampaign? Send(CampaignRequest request)
    {
        var recipients = Recipients(request.ListId);
        if (recipients is null)
        {
            return null;
        }

        var id = Interlocked.Increment(ref _lastId);
        var campaign = new Campaign(id, request.Name ?? string.Create(CultureInfo.InvariantCulture, $"Campaign {id}"), request.ListId);
        var random = new Random(request.Seed ?? (int)id);
        var events = campaign.Play(recipients, random);
        var played = new PlayedCampaign(id, campaign.Name, request.ListId, recipients.Count, events.Count);
        _campaigns[id] = played;
        _playing.Add(PlayAsync(events, request.Speed, played, random, _ending.Token));
        return played;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await Task.WhenAll(_playing);
        _ending.Dispose();
        _http.Dispose();
    }

    private List<Recipient>? Recipients(long listId)
    {
        lock (store.Gate)
        {
            return store.ListNumbered(listId)?.Members.Keys
                .OrderBy(user => user.Number)
                .Select(user => new Recipient(user.Email, user.UserId, user.ChannelUnsubscribed)).ToList();
        }
    }

    private async Task PlayAsync(
        IReadOnlyList<CampaignEvent> events, double speed, PlayedCampaign played, Random random, CancellationToken cancellationToken)
    {
        var started = clock.GetUtcNow();
        using var room = new SemaphoreSlim(AtOnce);
        var sending = new List<Task>();
        try
        {
            foreach (var item in events)
            {
                var wait = started + (item.After / speed) - clock.GetUtcNow();
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, clock, cancellationToken);
                }

                await room.WaitAsync(cancellationToken);
                sending.Add(SendAsync(item, random.NextDouble() < RepeatedShare ? 2 : 1, played, room, cancellationToken));
                sending.RemoveAll(task => task.IsCompletedSuccessfully);
            }

            await Task.WhenAll(sending);
            played.Ended();
        }
        catch (OperationCanceledException)
        {
            // The sandbox ends before the campaign does.
            await Task.WhenAll(sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SendAsync(CampaignEvent item, int times, PlayedCampaign played, SemaphoreSlim room, CancellationToken cancellationToken)
    {
        try
        {
            var fields = item.Fields;
            fields["createdAt"] = clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);
            var body = new JsonObject { ["email"] = item.Recipient.Email, ["eventName"] = item.Name, ["dataFields"] = fields };
            if (item.Recipient.UserId is { } userId)
            {
                body["userId"] = userId;
            }

            var text = body.ToJsonString();
            foreach (var webhook in book.All.Where(w => w.Enabled && w.BlastSendEnabled))
            {
                for (var time = 0; time < times; time++)
                {
                    played.Count(await DeliverAsync(webhook, text, cancellationToken));
                }
            }
        }
        finally
        {
            room.Release();
        }
    }

    private async Task<bool> DeliverAsync(Webhook webhook, string body, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            if (await TryAsync(webhook, body, cancellationToken))
            {
                return true;
            }

            await Task.Delay(TimeSpan.FromSeconds(1 << attempt), clock, cancellationToken);
        }

        return false;
    }

    private async Task<bool> TryAsync(Webhook webhook, string body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Endpoint);
        request.Content = new StringContent(body, MediaTypeHeaderValue.Parse("application/json"));
        if (webhook.Authorization is { } authorization)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
