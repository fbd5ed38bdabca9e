using System.CommandLine;
using System.Globalization;
using Muster.Host.Client;
using Muster.Host.Output;

namespace Muster.Host.Commands;

/// <summary><c>muster audit</c></summary>
internal static class AuditCommand
{
    private static readonly Column[] Columns =
        [new("When", "at"), new("Who", "who"), new("From", "from"), new("What", "action"), new("To what", "subject"), new("Name", "subjectName")];

    public static Command Create()
    {
        var project = Inputs.Project();
        var who = Inputs.Text("--who", "Only what this person or token did: an address, a token's name, or person:3");
        var action = Inputs.Text("--action", "Only this, as cohort.changed");
        var subject = Inputs.Text("--subject", "Only what was done to this, as cohort:12");
        var from = Inputs.Text("--from", "Not before this time, as 2026-11-01T00:00:00Z");
        var to = Inputs.Text("--to", "Before this time");
        var (limit, cursor, csv) = (Inputs.Limit(), Inputs.Cursor(), Inputs.Csv());
        return new ApiCommand("audit", "Who did what in a project, latest first", async (call, cancellationToken) =>
        {
            var path = $"projects/{await call.ProjectAsync(project, cancellationToken)}/audit";
            (string, string?)[] filters =
                [("who", call.Value(who)), ("action", call.Value(action)), ("subject", call.Value(subject)), ("from", call.Value(from)), ("to", call.Value(to))];
            if (call.Value(csv))
            {
                await call.ShowCsvAsync($"{path}.csv{Inputs.Query(filters)}", cancellationToken);
            }
            else
            {
                await call.ShowPageAsync(
                    path + Inputs.Query([.. filters, ("limit", call.Value(limit)?.ToString(CultureInfo.InvariantCulture)), ("cursor", call.Value(cursor))]),
                    Columns, cancellationToken);
            }
        }, project, who, action, subject, from, to, limit, cursor, csv);
    }
}
