using System.CommandLine;
using Muster.Host.Client;
using Muster.Host.Output;

namespace Muster.Host.Commands;

/// <summary><c>muster token …</c></summary>
internal static class TokenCommand
{
    private static readonly Column[] Columns =
        [new("Id", "id"), new("Name", "name"), new("Role", "role"), new("Project", "projectId"), new("Expires", "expiresAt"), new("Made", "createdAt")];

    public static Command Create() => new("token", "API tokens for machines") { List(), Make(), Delete() };

    private static ApiCommand List() => new("list", "List tokens, without their secrets",
        (call, cancellationToken) => call.ShowListAsync("tokens", Columns, cancellationToken));

    private static ApiCommand Make()
    {
        var name = new Argument<string>("name") { Description = "What the token is for" };
        var role = Inputs.Word("--role", "What its bearer may do, default consumer", "admin", "analyst", "consumer");
        var project = new Option<int?>("--project") { HelpName = "ID", Description = "The one project it is good for; every project without" };
        var expiresAt = Inputs.Text("--expires-at", "When it stops working, as 2027-01-31T12:00:00Z");
        return new ApiCommand("create", "Make a token; it is shown this once", async (call, cancellationToken) =>
        {
            var body = Inputs.Body(
                ("name", call.Value(name)), ("role", call.Value(role) ?? "consumer"), ("projectId", call.Value(project)), ("expiresAt", call.Value(expiresAt)));
            call.Show(await call.Api.CallAsync(HttpMethod.Post, "tokens", body, cancellationToken));
        }, name, role, project, expiresAt);
    }

    private static ApiCommand Delete()
    {
        var id = Inputs.Id("token");
        return new ApiCommand("delete", "Revoke a token", async (call, cancellationToken) =>
        {
            await call.Api.CallAsync(HttpMethod.Delete, $"tokens/{call.Id(id)}", default(HttpContent), cancellationToken);
            call.ShowDone($"Token {call.Id(id)} is revoked.");
        }, id);
    }
}
