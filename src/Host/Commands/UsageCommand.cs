using System.CommandLine;
using Muster.Host.Client;
using Muster.Host.Output;

namespace Muster.Host.Commands;

/// <summary><c>muster usage …</c></summary>
internal static class UsageCommand
{
    private static readonly Column[] Columns =
    [
        new("Month", "month"), new("MTU", "mtu"), new("Users", "users"), new("Qualifying events", "qualifyingEvents"), new("Exempt events", "exemptEvents"),
        new("Users saved", "exemptUsersSaved"), new("Guardrail", "guardrail"),
    ];

    private static readonly Column[] EventColumns =
        [new("Event", "event"), new("Source", "source"), new("Users", "users"), new("Events", "events"), new("Qualifying", "qualifying")];

    public static Command Create() => new("usage", "Monthly tracked users") { Mtu() };

    private static ApiCommand Mtu()
    {
        var project = Inputs.Project();
        var from = Inputs.Text("--from", "The first month, as 2026-01; --to when left out");
        var to = Inputs.Text("--to", "The last month; this one when left out");
        var byEvent = new Option<bool>("--by-event") { Description = "Show what each event of the last month contributes" };
        var csv = Inputs.Csv();
        return new ApiCommand("mtu", "Count monthly tracked users", async (call, cancellationToken) =>
        {
            var path = $"projects/{await call.ProjectAsync(project, cancellationToken)}/usage/mtu";
            var query = Inputs.Query(("from", call.Value(from)), ("to", call.Value(to)));
            if (call.Value(csv))
            {
                await call.ShowCsvAsync($"{path}.csv{query}", cancellationToken);
                return;
            }

            var months = await call.Api.GetAsync(path + query, cancellationToken);
            if (call.Value(byEvent))
            {
                call.ShowRows(months, [.. months.EnumerateArray().Last().GetProperty("byEvent").EnumerateArray()], EventColumns);
            }
            else
            {
                call.ShowRows(months, [.. months.EnumerateArray()], Columns);
            }
        }, project, from, to, byEvent, csv);
    }
}
