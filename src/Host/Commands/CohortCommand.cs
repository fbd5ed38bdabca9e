using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using Muster.Host.Client;
using Muster.Host.Output;

namespace Muster.Host.Commands;

/// <summary><c>muster cohort …</c></summary>
internal static class CohortCommand
{
    private static readonly Column[] Columns =
        [new("Id", "id"), new("Name", "name"), new("Count", "count"), new("Counted", "countedAt"), new("Made by", "createdBy"), new("Description", "description")];

    private static readonly Column[] MemberColumns =
        [new("Distinct id", "distinctId"), new("Email", "email"), new("Iterable user id", "iterableUserId"), new("First name", "firstName"), new("Last name", "lastName")];

    public static Command Create() => new("cohort", "Cohorts of a project")
    {
        List(), Make(), Upload(), Show(), Update(), Duplicate(), Delete(), Preview(), Count(), Members(),
    };

    private static ApiCommand List()
    {
        var project = Inputs.Project();
        return new ApiCommand("list", "List a project's cohorts", async (call, cancellationToken) =>
            await call.ShowListAsync($"projects/{await call.ProjectAsync(project, cancellationToken)}/cohorts", Columns, cancellationToken), project);
    }

    private static ApiCommand Make()
    {
        var name = new Argument<string>("name") { Description = "The cohort's name" };
        var project = Inputs.Project();
        var description = Inputs.Text("--description", "What it is for");
        var definition = new DefinitionInput();
        return new ApiCommand("create", "Make a cohort from a definition", async (call, cancellationToken) =>
        {
            var body = Inputs.Body(
                ("name", call.Value(name)), ("description", call.Value(description)),
                ("definition", await definition.ReadAsync(call, cancellationToken)));
            var path = $"projects/{await call.ProjectAsync(project, cancellationToken)}/cohorts";
            call.Show(await call.Api.CallAsync(HttpMethod.Post, path, body, cancellationToken));
        }, name, project, description, definition.Text, definition.File);
    }

    private static ApiCommand Upload()
    {
        var file = new Argument<string>("file") { Description = "CSV or one distinct id a line; '-' is standard input" };
        var name = new Option<string>("--name") { Description = "The cohort's name", Required = true };
        var project = Inputs.Project();
        return new ApiCommand("upload", "Make a fixed cohort of the ids in a file", async (call, cancellationToken) =>
        {
            var path = call.Value(file)!;
            using var content = new StreamContent(Inputs.Open(path));
            content.Headers.ContentType = new MediaTypeHeaderValue(
                path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? "text/csv" : "text/plain", "utf-8");
            var target = $"projects/{await call.ProjectAsync(project, cancellationToken)}/cohorts/upload{Inputs.Query(("name", call.Value(name)))}";
            call.Show(await call.Api.CallAsync(HttpMethod.Post, target, content, cancellationToken));
        }, file, name, project);
    }

    private static ApiCommand Show()
    {
        var id = Inputs.Id("cohort");
        return new ApiCommand("show", "Show a cohort", async (call, cancellationToken) =>
            call.Show(await call.Api.GetAsync($"cohorts/{call.Id(id)}", cancellationToken)), id);
    }

    private static ApiCommand Update()
    {
        var id = Inputs.Id("cohort");
        var name = Inputs.Text("--name", "Its new name; its list keeps the old one");
        var description = Inputs.Text("--description", "What it is for");
        var definition = new DefinitionInput();
        return new ApiCommand("update", "Change a cohort", async (call, cancellationToken) =>
        {
            var body = Inputs.Body(
                ("name", call.Value(name)), ("description", call.Value(description)),
                ("definition", await definition.FindAsync(call, cancellationToken)));
            call.Show(await call.Api.CallAsync(HttpMethod.Patch, $"cohorts/{call.Id(id)}", body, cancellationToken));
        }, id, name, description, definition.Text, definition.File);
    }

    private static ApiCommand Duplicate()
    {
        var id = Inputs.Id("cohort");
        return new ApiCommand("duplicate", "Make a copy of a cohort", async (call, cancellationToken) =>
            call.Show(await call.Api.CallAsync(HttpMethod.Post, $"cohorts/{call.Id(id)}/duplicate", Inputs.Body(), cancellationToken)), id);
    }

    private static ApiCommand Delete()
    {
        var id = Inputs.Id("cohort");
        return new ApiCommand("delete", "Delete a cohort that no sync uses", async (call, cancellationToken) =>
        {
            await call.Api.CallAsync(HttpMethod.Delete, $"cohorts/{call.Id(id)}", default(HttpContent), cancellationToken);
            call.ShowDone($"Cohort {call.Id(id)} is deleted.");
        }, id);
    }

    private static ApiCommand Preview()
    {
        var project = Inputs.Project();
        var definition = new DefinitionInput();
        return new ApiCommand("preview", "Count whom a definition would take, with a sample; nothing is saved", async (call, cancellationToken) =>
        {
            var body = Inputs.Body(("definition", await definition.ReadAsync(call, cancellationToken)));
            var path = $"projects/{await call.ProjectAsync(project, cancellationToken)}/cohorts/preview";
            var preview = await call.Api.CallAsync(HttpMethod.Post, path, body, cancellationToken);
            if (call.Json)
            {
                call.Show(preview);
                return;
            }

            await Console.Out.WriteLineAsync($"{preview.GetProperty("count").GetRawText()} members, among them:");
            Answer.Write([.. preview.GetProperty("sample").EnumerateArray()], MemberColumns);
        }, project, definition.Text, definition.File);
    }

    private static ApiCommand Count()
    {
        var id = Inputs.Id("cohort");
        return new ApiCommand("count", "Count a cohort's members now", async (call, cancellationToken) =>
            call.Show(await call.Api.CallAsync(HttpMethod.Post, $"cohorts/{call.Id(id)}/count", Inputs.Body(), cancellationToken)), id);
    }

    private static ApiCommand Members()
    {
        var id = Inputs.Id("cohort");
        var (limit, cursor, csv) = (Inputs.Limit(), Inputs.Cursor(), Inputs.Csv());
        return new ApiCommand("members", "List a cohort's members", (call, cancellationToken) =>
        {
            var path = $"cohorts/{call.Id(id)}/members";
            var query = Inputs.Query(("limit", call.Value(limit)?.ToString(CultureInfo.InvariantCulture)), ("cursor", call.Value(cursor)));
            return call.Value(csv)
                ? call.ShowCsvAsync($"{path}.csv", cancellationToken)
                : call.ShowPageAsync(path + query, MemberColumns, cancellationToken);
        }, id, limit, cursor, csv);
    }
}
