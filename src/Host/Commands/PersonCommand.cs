using System.CommandLine;
using Muster.Host.Client;
using Muster.Host.Output;

namespace Muster.Host.Commands;

/// <summary><c>muster person …</c></summary>
internal static class PersonCommand
{
    private static readonly Column[] Columns =
    [
        new("Id", "id"), new("Address", "email"), new("Role", "role"), new("Status", "status"), new("Every project", "everyProject"),
        new("Two factors", "twoFactor"), new("Last sign-in", "lastSignInAt"),
    ];

    public static Command Create() => new("person", "Who may do what in a project") { List(), Invite(), Change(), Remove() };

    private static ApiCommand List()
    {
        var project = Inputs.Project();
        return new ApiCommand("list", "List a project's people", async (call, cancellationToken) =>
            await call.ShowListAsync(await PathAsync(call, project, cancellationToken), Columns, cancellationToken), project);
    }

    private static ApiCommand Invite()
    {
        var project = Inputs.Project();
        var email = new Argument<string>("address") { Description = "Their email address" };
        var role = Role();
        return new ApiCommand("invite", "Invite someone; shows the one-time link to hand over", async (call, cancellationToken) =>
        {
            var body = Inputs.Body(("email", call.Value(email)), ("role", call.Value(role) ?? "consumer"));
            call.Show(await call.Api.CallAsync(HttpMethod.Post, await PathAsync(call, project, cancellationToken), body, cancellationToken));
        }, email, role, project);
    }

    private static ApiCommand Change()
    {
        var project = Inputs.Project();
        var id = Inputs.Id("person");
        var role = Role();
        return new ApiCommand("change", "Change someone's role", async (call, cancellationToken) =>
            call.Show(await call.Api.CallAsync(
                HttpMethod.Patch, $"{await PathAsync(call, project, cancellationToken)}/{call.Id(id)}", Inputs.Body(("role", call.Value(role) ?? "consumer")), cancellationToken)),
            id, role, project);
    }

    private static ApiCommand Remove()
    {
        var project = Inputs.Project();
        var id = Inputs.Id("person");
        return new ApiCommand("remove", "Take someone out of a project", async (call, cancellationToken) =>
        {
            await call.Api.CallAsync(HttpMethod.Delete, $"{await PathAsync(call, project, cancellationToken)}/{call.Id(id)}", default(HttpContent), cancellationToken);
            call.ShowDone($"Person {call.Id(id)} is out of the project.");
        }, id, project);
    }

    private static Option<string?> Role() => Inputs.Word("--role", "What they may do, default consumer", "admin", "analyst", "consumer");

    private static async Task<string> PathAsync(ApiCall call, Option<int?> project, CancellationToken cancellationToken) =>
        $"projects/{await call.ProjectAsync(project, cancellationToken)}/people";
}
