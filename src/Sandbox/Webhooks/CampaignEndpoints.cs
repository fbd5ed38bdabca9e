using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Muster.Sandbox.Webhooks;

/// <summary><c>/sandbox/webhooks</c> and <c>/sandbox/campaigns</c>: what people do in Iterable's pages.</summary>
internal sealed class CampaignEndpoints(WebhookBook book, CampaignPlayer player)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/sandbox/webhooks", SetUpAsync);
        routes.MapPost("/sandbox/campaigns", SendAsync);
        routes.MapGet("/sandbox/campaigns", context => AnswerAsync(context, player.Campaigns, CampaignJson.Default.IReadOnlyListPlayedCampaign));
    }

    private async Task SetUpAsync(HttpContext context)
    {
        if (await ReadAsync(context, CampaignJson.Default.WebhookRequest) is not { } request)
        {
            return;
        }

        if (!Uri.TryCreate(request.Endpoint, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || !WebhookBook.AuthTypes.Contains(request.AuthType))
        {
            await RefuseAsync(context, $"endpoint must be an http or https address, authType one of {string.Join(", ", WebhookBook.AuthTypes)}");
            return;
        }

        var webhook = book.SetUp(new Webhook
        {
            Id = 0,
            Endpoint = request.Endpoint,
            AuthType = request.AuthType,
            AuthToken = request.AuthToken,
            Enabled = request.Enabled,
            BlastSendEnabled = true,
            TriggeredSendEnabled = true,
        });
        await AnswerAsync(context, ApiWebhookResponse.Of(webhook), CampaignJson.Default.ApiWebhookResponse);
    }

    private async Task SendAsync(HttpContext context)
    {
        if (await ReadAsync(context, CampaignJson.Default.CampaignRequest) is not { } request)
        {
            return;
        }

        if (request.Speed is not (> 0 and <= 1_000_000))
        {
            await RefuseAsync(context, "speed must be a number above 0 and at most 1000000");
        }
        else if (player.Send(request) is { } campaign)
        {
            await AnswerAsync(context, campaign, CampaignJson.Default.PlayedCampaign);
        }
        else
        {
            await RefuseAsync(context, "no such list", StatusCodes.Status404NotFound);
        }
    }

    private static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            if (await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted) is { } request)
            {
                return request;
            }

            await RefuseAsync(context, "a JSON object is needed");
        }
        catch (JsonException e)
        {
            await RefuseAsync(context, e.Message);
        }

        return null;
    }

    private static Task RefuseAsync(HttpContext context, string message, int status = StatusCodes.Status400BadRequest) =>
        AnswerAsync(context, new CampaignRefusal(message), CampaignJson.Default.CampaignRefusal, status);

    private static Task AnswerAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, value, type, context.RequestAborted);
    }
}

/// <summary>A webhook to set up.</summary>
internal sealed record WebhookRequest(string Endpoint, string AuthType = "Basic", string? AuthToken = null, bool Enabled = true);

/// <summary>A campaign to send.</summary>
/// <param name="ListId">The list it goes to.</param>
/// <param name="Name">Its name.</param>
/// <param name="Speed">How many times faster than in life: at 600, two days pass in five minutes.</param>
/// <param name="Seed">The same gives the same events.</param>
internal sealed record CampaignRequest(long ListId, string? Name = null, double Speed = 1, int? Seed = null);

internal sealed record CampaignRefusal(string Message);

/// <summary>A campaign that was sent, and how far it is.</summary>
internal sealed record PlayedCampaign(long Id, string Name, long ListId, int Recipients, int Events)
{
    private int _delivered;
    private int _failed;

    /// <summary>Calls to webhooks that were answered with success, repeated ones too.</summary>
    public int Delivered => _delivered;

    /// <summary>Calls that were given up.</summary>
    public int Failed => _failed;

    /// <summary>Whether all has happened.</summary>
    public bool HasEnded { get; private set; }

    public void Count(bool delivered) => Interlocked.Increment(ref delivered ? ref _delivered : ref _failed);

    public void Ended() => HasEnded = true;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(WebhookRequest))]
[JsonSerializable(typeof(CampaignRequest))]
[JsonSerializable(typeof(PlayedCampaign))]
[JsonSerializable(typeof(IReadOnlyList<PlayedCampaign>))]
[JsonSerializable(typeof(ApiWebhookResponse))]
[JsonSerializable(typeof(CampaignRefusal))]
internal sealed partial class CampaignJson : JsonSerializerContext;
