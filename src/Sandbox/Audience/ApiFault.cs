using System.Text.Json.Nodes;

namespace Muster.Sandbox.Audience;

/// <summary>A refused call: its HTTP status and the code and message of Iterable's answer.</summary>
internal sealed record ApiFault(int Status, string Code, string Message)
{
    /// <summary>What the answer's <c>params</c> say; null as at Iterable when there is nothing to say.</summary>
    public JsonObject? Params { get; init; }

    public static ApiFault BadParams(string message) => new(400, "BadParams", message);

    public static ApiFault Forgotten { get; } = new(409, "ForgottenUserError", "User has been forgotten");

    public static ApiFault NoUser { get; } = new(400, "BadParams", "User does not exist");

    // The code really is Success: Iterable answers so, and clients have to go by the message.
    public static ApiFault UnknownList(long listId) => new(400, "Success", $"error.lists.invalidListId({listId})")
    {
        Params = new JsonObject { ["projectId"] = 1, ["listId"] = listId },
    };
}
