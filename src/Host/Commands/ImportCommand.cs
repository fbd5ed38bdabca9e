using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Host.Client;
using Muster.Host.Import;

namespace Muster.Host.Commands;

/// <summary><c>muster import …</c></summary>
internal static class ImportCommand
{
    public static Command Create() => new("import", "Bring events and profiles in from a file")
    {
        Make("events", "Import events: Mixpanel's raw export as it is, NDJSON or CSV, with gzip or without",
            project => new EventShape(project.GetProperty("id").GetInt32())),
        Make("profiles", "Import profiles: pages of Mixpanel's /engage as they are, NDJSON or CSV, with gzip or without",
            project => new ProfileShape(
                project.GetProperty("token").GetString()!, TimeZoneInfo.FindSystemTimeZoneById(project.GetProperty("timezone").GetString()!))),
    };

    private static ApiCommand Make(string kind, string description, Func<JsonElement, IRecordShape> shapeFor)
    {
        var file = new Argument<string>("file") { Description = "The file; '-' is standard input, which cannot be gone on with later" };
        var project = Inputs.Project();
        var format = Inputs.Word("--format", "What the file holds; CSV when its name says so, JSON else", "json", "csv");
        var state = new Option<string?>("--state") { HelpName = "PATH", Description = "Where to remember how far it has come; FILE.muster-import when not given" };
        var refused = new Option<string?>("--refused") { HelpName = "PATH", Description = "Where to list the refused records; FILE.muster-refused when not given" };
        var again = new Option<bool>("--again") { Description = "Begin anew, whatever was done before" };
        return new ApiCommand(kind, description, async (call, cancellationToken) =>
        {
            using var source = SourceFile.Open(call.Value(file)!);
            var id = await call.ProjectAsync(project, cancellationToken);
            var shape = shapeFor(await call.Api.GetAsync($"projects/{id}", cancellationToken));
            var name = source.IsStandardInput ? "stdin" : source.Path;
            var statePath = call.Value(state) ?? (source.IsStandardInput ? null : $"{name}.muster-import");
            var begun = Begin(source, kind, int.Parse(id, CultureInfo.InvariantCulture), call.Value(again) ? null : statePath);
            if (begun.Finished)
            {
                await Console.Error.WriteLineAsync($"'{source.Path}' was imported before ({statePath} says so); --again sends it again.");
                return Show(call, shape, begun, null);
            }

            if (begun.Records > 0)
            {
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Going on after record {begun.Records:N0}."));
            }

            var isCsv = (call.Value(format) ?? (IsCsv(source.Path) ? "csv" : "json")) == "csv";
            using var list = new RefusedRecords(call.Value(refused) ?? $"{name}.muster-refused", begun.RefusedBytes);
            var progress = new ImportProgress(source, shape.Name);
            var importer = new Importer(shape, new BatchSender(call.Api, shape.Path), list, progress, statePath);
            var done = begun;
            try
            {
                var content = source.Content();
                await progress.RunAsync(async () => done = await importer.RunAsync(
                    isCsv ? CsvRecords.ReadAsync(content, cancellationToken) : JsonRecords.ReadAsync(content, cancellationToken), begun, cancellationToken));
            }
            catch (InvalidDataException e)
            {
                throw new FailedException($"'{source.Path}' is not whole: {e.Message} What was read before that is in.", e);
            }

            return Show(call, shape, done, list);
        }, file, project, format, state, refused, again);
    }

    private static ImportState Begin(SourceFile source, string kind, int projectId, string? statePath)
    {
        var fresh = new ImportState { Kind = kind, ProjectId = projectId, File = source.IsStandardInput ? "-" : source.Fingerprint() };
        if (source.IsStandardInput || statePath is null || ImportState.Read(statePath) is not { } state)
        {
            return fresh;
        }

        return state.Kind == kind && state.ProjectId == projectId && state.File == fresh.File
            ? state
            : throw new FailedException($"'{statePath}' says how far another import has come: of {state.Kind} into project {state.ProjectId}, from a file that was not this one or has changed. Begin anew with --again, or name another file with --state.");
    }

    private static bool IsCsv(string path) =>
        path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".csv.gz", StringComparison.OrdinalIgnoreCase);

    // What was refused is a failure for scripts: someone has to look.
    private static int Show(ApiCall call, IRecordShape shape, ImportState state, RefusedRecords? list)
    {
        if (call.Json)
        {
            var answer = new JsonObject { ["records"] = state.Records, ["imported"] = state.Imported, ["refused"] = state.Refused };
            Console.Out.WriteLine(answer.ToJsonString());
        }
        else
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{state.Imported:N0} {shape.Name} are in, {state.Refused:N0} were refused."));
        }

        if (state.Refused > 0 && list is not null)
        {
            Console.Error.WriteLine($"The refused ones are in {list.Path}, each with its line and the reason.");
        }

        return state.Refused == 0 ? CommandLine.Done : CommandLine.Failed;
    }
}
