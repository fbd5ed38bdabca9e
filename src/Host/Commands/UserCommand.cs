using System.CommandLine;
using System.Globalization;
using Muster.Host.Client;
using Muster.Host.Output;

namespace Muster.Host.Commands;

/// <summary><c>muster user …</c></summary>
internal static class UserCommand
{
    private static readonly Column[] Columns =
    [
        new("Distinct id", "distinctId"), new("Email", "email"), new("Iterable user id", "iterableUserId"),
        new("First name", "firstName"), new("Last name", "lastName"),
    ];

    private static readonly Column[] ListColumns =
    [
        new("List", "listName"), new("Sync", "syncId"), new("On it", "onList"), new("In the cohort", "inCohort"),
        new("Run", "receipt.runId"), new("Outcome", "receipt.outcome"), new("Reason", "receipt.reason"), new("Why", "why"),
    ];

    private static readonly Column[] RefusedColumns =
    [
        new("Asked by", "kind"), new("Ids", "ids"), new("Reason", "reason"), new("In words", "description"), new("First at", "at"),
    ];

    public static Command Create() => new("user", "People: why each is or is not on each list, their data, and merges of ids that were refused") { List(), Show(), Export(), Delete(), RefusedMerges() };

    private static ApiCommand List()
    {
        var project = Inputs.Project();
        var search = Inputs.Text("--q", "Only those with this in an id, their address or name");
        var (limit, cursor) = (Inputs.Limit(), Inputs.Cursor());
        return new ApiCommand("list", "Find people", async (call, cancellationToken) =>
            await call.ShowPageAsync($"projects/{await call.ProjectAsync(project, cancellationToken)}/users" + Inputs.Query(
                ("limit", call.Value(limit)?.ToString(CultureInfo.InvariantCulture)), ("cursor", call.Value(cursor)), ("q", call.Value(search))),
                Columns, cancellationToken), project, search, limit, cursor);
    }

    private static ApiCommand Show()
    {
        var project = Inputs.Project();
        var distinctId = new Argument<string>("distinct-id") { Description = "Any of the person's ids" };
        return new ApiCommand("show", "Show why a person is or is not on each list; with --json everything known of them", async (call, cancellationToken) =>
        {
            var user = await call.Api.GetAsync(
                $"projects/{await call.ProjectAsync(project, cancellationToken)}/users/{Uri.EscapeDataString(call.Value(distinctId)!)}", cancellationToken);
            if (call.Json)
            {
                call.Show(user);
            }
            else
            {
                Answer.Write([.. user.GetProperty("lists").EnumerateArray()], ListColumns);
            }
        }, project, distinctId);
    }

    private static ApiCommand Export()
    {
        var project = Inputs.Project();
        var distinctId = new Argument<string>("distinct-id") { Description = "Any of the person's ids" };
        return new ApiCommand("export", "Print all that is held about a person, as one JSON document", async (call, cancellationToken) =>
        {
            await using var output = Console.OpenStandardOutput();
            await call.Api.CopyAsync($"{await PathAsync(call, project, distinctId, cancellationToken)}/export", output, cancellationToken);
        }, project, distinctId);
    }

    private static ApiCommand Delete()
    {
        var project = Inputs.Project();
        var distinctId = new Argument<string>("distinct-id") { Description = "Any of the person's ids" };
        return new ApiCommand("delete", "Delete a person for good: events, profile and all their ids now, and off every list at its next run", async (call, cancellationToken) =>
            call.Show(await call.Api.CallAsync(HttpMethod.Delete, await PathAsync(call, project, distinctId, cancellationToken), default(HttpContent), cancellationToken)),
            project, distinctId);
    }

    private static ApiCommand RefusedMerges()
    {
        var project = Inputs.Project();
        var (limit, cursor) = (Inputs.Limit(), Inputs.Cursor());
        return new ApiCommand("refused-merges", "List merges of ids that were asked for and refused, and why", async (call, cancellationToken) =>
            await call.ShowPageAsync($"projects/{await call.ProjectAsync(project, cancellationToken)}/refused-merges" + Inputs.Query(
                ("limit", call.Value(limit)?.ToString(CultureInfo.InvariantCulture)), ("cursor", call.Value(cursor))),
                RefusedColumns, cancellationToken), project, limit, cursor);
    }

    private static async Task<string> PathAsync(ApiCall call, Option<int?> project, Argument<string> distinctId, CancellationToken cancellationToken) =>
        $"projects/{await call.ProjectAsync(project, cancellationToken)}/users/{Uri.EscapeDataString(call.Value(distinctId)!)}";
}
