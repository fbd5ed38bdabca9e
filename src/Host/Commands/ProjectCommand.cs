using System.CommandLine;
using Muster.Host.Client;
using Muster.Host.Output;

namespace Muster.Host.Commands;

/// <summary><c>muster project …</c></summary>
internal static class ProjectCommand
{
    private static readonly Column[] Columns =
        [new("Id", "id"), new("Name", "name"), new("Time zone", "timezone"), new("ID merge", "idMerge"), new("Ingestion token", "token")];

    public static Command Create() => new("project", "Projects") { List(), Make(), Show(), Update(), PropertyCommand.Create() };

    private static ApiCommand List() => new("list", "List the projects you may see",
        (call, cancellationToken) => call.ShowListAsync("projects", Columns, cancellationToken));

    private static ApiCommand Make()
    {
        var name = new Argument<string>("name") { Description = "The project's name" };
        var timezone = Inputs.Text("--timezone", "IANA time zone, default UTC");
        var idMerge = Inputs.Word("--id-merge", "How identities merge", "simplified", "original");
        return new ApiCommand("create", "Make a project", async (call, cancellationToken) =>
        {
            var body = Inputs.Body(("name", call.Value(name)), ("timezone", call.Value(timezone)), ("idMerge", call.Value(idMerge)));
            call.Show(await call.Api.CallAsync(HttpMethod.Post, "projects", body, cancellationToken));
        }, name, timezone, idMerge);
    }

    private static ApiCommand Show()
    {
        var id = Inputs.Id("project");
        return new ApiCommand("show", "Show a project", async (call, cancellationToken) =>
            call.Show(await call.Api.GetAsync($"projects/{call.Id(id)}", cancellationToken)), id);
    }

    private static ApiCommand Update()
    {
        var id = Inputs.Id("project");
        var name = Inputs.Text("--name", "Its new name");
        var timezone = Inputs.Text("--timezone", "Its new IANA time zone");
        var mtuAlert = new Option<long?>("--mtu-alert") { HelpName = "N", Description = "Warn in the log at so many monthly tracked users; 0: never" };
        return new ApiCommand("update", "Change a project's name, time zone or alert", async (call, cancellationToken) =>
        {
            var body = Inputs.Body(("name", call.Value(name)), ("timezone", call.Value(timezone)));
            if (call.Value(mtuAlert) is { } alert)
            {
                body["mtuAlert"] = alert == 0 ? null : alert;
            }

            call.Show(await call.Api.CallAsync(HttpMethod.Patch, $"projects/{call.Id(id)}", body, cancellationToken));
        }, id, name, timezone, mtuAlert);
    }
}
