using System.Globalization;
using System.Text.Json.Nodes;
using Muster.Sandbox.Audience;

namespace Muster.Sandbox.Api;

/// <summary>A user as the API shows it: own fields, and the ones Iterable keeps for everybody.</summary>
internal static class UserView
{
    public static IReadOnlyDictionary<string, string> FieldsOfEveryProject { get; } = new Dictionary<string, string>
    {
        ["email"] = "string",
        ["userId"] = "string",
        ["signupDate"] = "date",
        ["signupSource"] = "string",
        ["profileUpdatedAt"] = "date",
        ["emailListIds"] = "long",
        ["itblInternal.emailDomain"] = "string",
        ["itblInternal.documentCreatedAt"] = "date",
        ["itblInternal.documentUpdatedAt"] = "date",
    };

    public static ApiResponseUser Of(User user, AudienceStore store)
    {
        var fields = user.Fields?.DeepClone().AsObject() ?? [];
        if (user.Email is { } email)
        {
            fields["email"] = email;
        }

        if (user.UserId is { } userId)
        {
            fields["userId"] = userId;
        }

        fields["signupDate"] = Told(user.CreatedAt);
        fields["signupSource"] = "API";
        fields["profileUpdatedAt"] = Told(user.UpdatedAt);
        fields["emailListIds"] = new JsonArray(
            [.. store.Lists.Where(list => list.Members.ContainsKey(user)).Select(list => (JsonNode)list.Id)]);
        fields["itblInternal"] = new JsonObject
        {
            ["emailDomain"] = user.Email is { } address ? address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..] : null,
            ["documentCreatedAt"] = Told(user.CreatedAt),
            ["documentUpdatedAt"] = Told(user.UpdatedAt),
        };
        return new ApiResponseUser { Email = user.Email ?? string.Empty, UserId = user.UserId, DataFields = fields };
    }

    private static string Told(DateTimeOffset at) =>
        at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);
}
