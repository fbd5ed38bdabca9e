using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Muster.Sandbox.Api;
using Muster.Sandbox.Audience;

namespace Muster.Sandbox.Webhooks;

/// <summary>The <c>/api/webhooks</c> endpoints. They cannot make a webhook; in Iterable people do that by hand.</summary>
internal sealed class WebhookEndpoints(WebhookBook book, RequestBody body)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/webhooks", GetAsync);
        routes.MapPost("/api/webhooks", UpdateAsync);
    }

    private Task GetAsync(HttpContext context) => Answers.JsonAsync(
        context, new GetWebhooksResponse([.. book.All.Select(ApiWebhookResponse.Of)]), WebhookJson.Default.GetWebhooksResponse);

    private async Task UpdateAsync(HttpContext context)
    {
        if (await body.ReadAsync(context, WebhookJson.Default.ApiWebhookModel) is not { } model)
        {
            return;
        }

        if (model.AuthType is { } authType && !WebhookBook.AuthTypes.Contains(authType))
        {
            await Answers.RefuseAsync(context, ApiFault.BadParams($"authType must be one of {string.Join(", ", WebhookBook.AuthTypes)}"));
            return;
        }

        if (book.Change(model.Id, model.Over) is not { } changed)
        {
            await Answers.RefuseAsync(context, ApiFault.BadParams("Webhook does not exist"));
            return;
        }

        await Answers.JsonAsync(context, ApiWebhookResponse.Of(changed), WebhookJson.Default.ApiWebhookResponse);
    }
}

// Names and shapes are those of Iterable's API description.
internal sealed record ApiWebhookModel
{
    public required long Id { get; init; }

    public string? Endpoint { get; init; }

    public string? AuthType { get; init; }

    public string? AuthToken { get; init; }

    public bool? Enabled { get; init; }

    public bool? BlastSendEnabled { get; init; }

    public bool? TriggeredSendEnabled { get; init; }

    public Webhook Over(Webhook webhook) => webhook with
    {
        Endpoint = Endpoint ?? webhook.Endpoint,
        AuthType = AuthType ?? webhook.AuthType,
        AuthToken = AuthToken ?? webhook.AuthToken,
        Enabled = Enabled ?? webhook.Enabled,
        BlastSendEnabled = BlastSendEnabled ?? webhook.BlastSendEnabled,
        TriggeredSendEnabled = TriggeredSendEnabled ?? webhook.TriggeredSendEnabled,
    };
}

internal sealed record ApiWebhookResponse(
    long Id, string Endpoint, string AuthType, bool Enabled, bool BlastSendEnabled, bool TriggeredSendEnabled,
    IReadOnlyList<long> ChannelIds, IReadOnlyList<long> MessageTypeIds)
{
    public static ApiWebhookResponse Of(Webhook webhook) => new(
        webhook.Id, webhook.Endpoint, webhook.AuthType, webhook.Enabled, webhook.BlastSendEnabled, webhook.TriggeredSendEnabled, [], []);
}

internal sealed record GetWebhooksResponse(IReadOnlyList<ApiWebhookResponse> Webhooks);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ApiWebhookModel))]
[JsonSerializable(typeof(ApiWebhookResponse))]
[JsonSerializable(typeof(GetWebhooksResponse))]
internal sealed partial class WebhookJson : JsonSerializerContext;
