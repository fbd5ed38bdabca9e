using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Muster.Sandbox.Audience;

namespace Muster.Sandbox.Api;

// Names and shapes are those of Iterable's API description, definition by definition.
internal sealed record CreateListRequest
{
    public required string Name { get; init; }

    public string? Description { get; init; }
}

internal sealed record CreateListResponse(long ListId);

internal sealed record ListDetails(
    long Id,
    string Name,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Description,
    long CreatedAt,
    string ListType);

internal sealed record GetListsResponse(IReadOnlyList<ListDetails> Lists);

/// <summary>A request with rows, none of which may be a JSON null.</summary>
internal interface IRequestOfRows
{
    IReadOnlyList<SubscriberRow?> Rows { get; }
}

internal sealed record SubscribeRequest : IRequestOfRows
{
    public required long ListId { get; init; }

    public required IReadOnlyList<SubscriberRow> Subscribers { get; init; }

    public bool UpdateExistingUsersOnly { get; init; }

    IReadOnlyList<SubscriberRow?> IRequestOfRows.Rows => Subscribers;
}

internal sealed record UnsubscribeRequest : IRequestOfRows
{
    public required long ListId { get; init; }

    public required IReadOnlyList<SubscriberRow> Subscribers { get; init; }

    public bool ChannelUnsubscribe { get; init; }

    public long? CampaignId { get; init; }

    IReadOnlyList<SubscriberRow?> IRequestOfRows.Rows => Subscribers;
}

internal sealed record BulkUpdateUsersRequest : IRequestOfRows
{
    public required IReadOnlyList<SubscriberRow> Users { get; init; }

    public bool? CreateNewFields { get; init; }

    IReadOnlyList<SubscriberRow?> IRequestOfRows.Rows => Users;
}

internal sealed record ApiUserUpdateRequest
{
    public string? Email { get; init; }

    public string? UserId { get; init; }

    public System.Text.Json.JsonElement? DataFields { get; init; }

    public bool MergeNestedObjects { get; init; }

    public bool PreferUserId { get; init; }

    public bool? CreateNewFields { get; init; }
}

internal sealed record UpdateEmailRequest
{
    public string? CurrentEmail { get; init; }

    public string? CurrentUserId { get; init; }

    public required string NewEmail { get; init; }
}

internal sealed record UserRequest
{
    public string? Email { get; init; }

    public string? UserId { get; init; }
}

internal sealed record UserResponse
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ApiResponseUser? User { get; init; }
}

internal sealed record ApiResponseUser
{
    public required string Email { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? UserId { get; init; }

    public required JsonObject DataFields { get; init; }
}

internal sealed record GetForgottenUserEmailsResponse(IReadOnlyList<string> HashedEmails);

internal sealed record GetForgottenUserIdsResponse(IReadOnlyList<string> HashedUserIds);

internal sealed record GetUserFieldsResponse(IReadOnlyDictionary<string, string> Fields);

internal sealed record IterableApiResponse(string Msg, string Code, JsonObject? Params);

internal sealed record FailedUserUpdates(
    IReadOnlyList<string> InvalidEmails,
    IReadOnlyList<string> InvalidUserIds,
    IReadOnlyList<string> NotFoundEmails,
    IReadOnlyList<string> NotFoundUserIds,
    IReadOnlyList<string> InvalidDataEmails,
    IReadOnlyList<string> InvalidDataUserIds,
    IReadOnlyList<string> ConflictEmails,
    IReadOnlyList<string> ConflictUserIds,
    IReadOnlyList<string> ForgottenEmails,
    IReadOnlyList<string> ForgottenUserIds);

internal sealed record UserBulkUpdateListResponse(
    int SuccessCount,
    int FailCount,
    IReadOnlyList<string> InvalidEmails,
    IReadOnlyList<string> InvalidUserIds,
    IReadOnlyCollection<string> FilteredOutFields,
    IReadOnlyCollection<string> CreatedFields,
    FailedUserUpdates FailedUpdates);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CreateListRequest))]
[JsonSerializable(typeof(CreateListResponse))]
[JsonSerializable(typeof(GetListsResponse))]
[JsonSerializable(typeof(SubscribeRequest))]
[JsonSerializable(typeof(UnsubscribeRequest))]
[JsonSerializable(typeof(BulkUpdateUsersRequest))]
[JsonSerializable(typeof(ApiUserUpdateRequest))]
[JsonSerializable(typeof(UpdateEmailRequest))]
[JsonSerializable(typeof(UserRequest))]
[JsonSerializable(typeof(UserResponse))]
[JsonSerializable(typeof(GetForgottenUserEmailsResponse))]
[JsonSerializable(typeof(GetForgottenUserIdsResponse))]
[JsonSerializable(typeof(GetUserFieldsResponse))]
[JsonSerializable(typeof(IterableApiResponse))]
[JsonSerializable(typeof(UserBulkUpdateListResponse))]
internal sealed partial class WireJson : JsonSerializerContext;
