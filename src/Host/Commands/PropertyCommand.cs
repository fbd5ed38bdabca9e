using System.CommandLine;
using Muster.Host.Client;
using Muster.Host.Output;

namespace Muster.Host.Commands;

/// <summary><c>muster project properties …</c></summary>
internal static class PropertyCommand
{
    private static readonly Column[] Columns =
    [
        new("Number", "number"), new("Of", "of"), new("Name", "name"), new("Status", "status"), new("Reason", "reason"), new("Promoted", "promotedAt"),
        new("Bytes", "bytes"),
    ];

    public static Command Create() => new("properties", "Properties with a column of their own, which cohorts read faster") { List(), Promote(), Demote() };

    private static ApiCommand List()
    {
        var project = Inputs.Id("project");
        return new ApiCommand("list", "List the promoted properties of a project", (call, cancellationToken) =>
            call.ShowListAsync($"projects/{call.Id(project)}/properties", Columns, cancellationToken), project);
    }

    private static ApiCommand Promote()
    {
        var project = Inputs.Id("project");
        var of = new Argument<string>("of") { Description = "event or profile" };
        var name = new Argument<string>("name") { Description = "The property, as definitions name it" };
        return new ApiCommand("promote", "Give a property a column of its own", async (call, cancellationToken) =>
        {
            var body = Inputs.Body(("of", call.Value(of)), ("name", call.Value(name)));
            call.Show(await call.Api.CallAsync(HttpMethod.Post, $"projects/{call.Id(project)}/properties", body, cancellationToken));
        }, project, of, name);
    }

    private static ApiCommand Demote()
    {
        var project = Inputs.Id("project");
        var number = new Argument<int>("number") { Description = "The number that list shows" };
        return new ApiCommand("demote", "Take a property's column back", async (call, cancellationToken) =>
        {
            await call.Api.CallAsync(HttpMethod.Delete, $"projects/{call.Id(project)}/properties/{call.Value(number)}", default(HttpContent), cancellationToken);
            call.ShowDone("Cohorts read the property from the JSON again; its column goes in a few minutes.");
        }, project, number);
    }
}
