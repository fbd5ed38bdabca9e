using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Host.Client;
using Muster.Host.Output;

namespace Muster.Host.Commands;

/// <summary><c>muster sync …</c></summary>
internal static class SyncCommand
{
    private static readonly Column[] Columns =
    [
        new("Id", "id"), new("List", "listName"), new("Type", "type"), new("Status", "status"), new("Every (s)", "intervalSeconds"),
        new("Last run", "lastRun.id"), new("Run status", "lastRun.status"), new("Members", "lastRun.members"), new("Next run", "nextRunAt"), new("Why paused", "pausedReason"),
    ];

    private static readonly Column[] ResultColumns =
    [
        new("Day", "day"), new("Campaign", "campaignId"), new("Name", "campaignName"), new("Sends", "counts.sends"), new("Delivered", "counts.delivered"),
        new("Opens", "counts.opens"), new("Clicks", "counts.clicks"), new("Unsubscribes", "counts.unsubscribes"), new("Bounces", "counts.bounces"),
    ];

    public static Command Create() => new("sync", "Cohorts exported to Iterable lists")
    {
        List(), Make(), Show(), Preview(), Run(), Acting("pause", "Stop scheduled runs"), Acting("resume", "Go on, with a run at once"),
        Starting("approve", "Let a held run go on"), Starting("reconcile", "Read the list in Iterable and repair it"), Results(), Delete(),
    };

    private static ApiCommand List()
    {
        var project = Inputs.Project();
        return new ApiCommand("list", "List a project's syncs", async (call, cancellationToken) =>
            await call.ShowListAsync($"projects/{await call.ProjectAsync(project, cancellationToken)}/syncs", Columns, cancellationToken), project);
    }

    private static ApiCommand Make()
    {
        var project = Inputs.Project();
        var cohort = new Option<int>("--cohort") { HelpName = "ID", Description = "The cohort's id", Required = true };
        var connection = new Option<int>("--connection") { HelpName = "ID", Description = "The connection's id", Required = true };
        var type = Inputs.Word("--type", "Once, or kept true; default dynamic", "one_time", "dynamic");
        var interval = new Option<int?>("--interval") { HelpName = "SECONDS", Description = "Seconds from run to run" };
        var guard = Inputs.Text("--removal-guard", "Hold a run that removes more: PERCENT,ATLEAST (default 50,100), or 'off'");
        return new ApiCommand("create", "Export a cohort; the first run starts at once", async (call, cancellationToken) =>
        {
            var body = Inputs.Body(
                ("cohortId", call.Value(cohort)), ("connectionId", call.Value(connection)), ("type", call.Value(type) ?? "dynamic"),
                ("intervalSeconds", call.Value(interval)));
            if (call.Value(guard) is { } text)
            {
                body["removalGuard"] = Guard(text);
            }

            var path = $"projects/{await call.ProjectAsync(project, cancellationToken)}/syncs";
            call.Show(await call.Api.CallAsync(HttpMethod.Post, path, body, cancellationToken));
        }, project, cohort, connection, type, interval, guard);
    }

    private static ApiCommand Show()
    {
        var id = Inputs.Id("sync");
        return new ApiCommand("show", "Show a sync", async (call, cancellationToken) =>
            call.Show(await call.Api.GetAsync($"syncs/{call.Id(id)}", cancellationToken)), id);
    }

    private static ApiCommand Preview()
    {
        var id = Inputs.Id("sync");
        return new ApiCommand("preview", "Show what a run would do; nothing is sent", async (call, cancellationToken) =>
            call.Show(await call.Api.CallAsync(HttpMethod.Post, $"syncs/{call.Id(id)}/preview", Inputs.Body(), cancellationToken)), id);
    }

    private static ApiCommand Run() => Starting("run", "Start a run", "runs");

    private static ApiCommand Acting(string verb, string description)
    {
        var id = Inputs.Id("sync");
        return new ApiCommand(verb, description, async (call, cancellationToken) =>
            call.Show(await call.Api.CallAsync(HttpMethod.Post, $"syncs/{call.Id(id)}/{verb}", Inputs.Body(), cancellationToken)), id);
    }

    private static ApiCommand Starting(string verb, string description, string? segment = null)
    {
        var id = Inputs.Id("sync");
        var watch = new Option<bool>("--watch") { Description = "Follow the run until it ends" };
        return new ApiCommand(verb, description, async (call, cancellationToken) =>
        {
            var run = await call.Api.CallAsync(HttpMethod.Post, $"syncs/{call.Id(id)}/{segment ?? verb}", Inputs.Body(), cancellationToken);
            if (call.Value(watch))
            {
                return await RunCommand.WatchAsync(call, run.GetProperty("id").GetRawText(), cancellationToken);
            }

            call.Show(run);
            return CommandLine.Done;
        }, id, watch);
    }

    private static ApiCommand Results()
    {
        var id = Inputs.Id("sync");
        var from = Inputs.Text("--from", "The first day, as 2026-11-01; 30 days up to --to when left out");
        var to = Inputs.Text("--to", "The last day; today when left out");
        return new ApiCommand("results", "What its members received and did, by campaign and day", async (call, cancellationToken) =>
        {
            var results = await call.Api.GetAsync($"syncs/{call.Id(id)}/results{Inputs.Query(("from", call.Value(from)), ("to", call.Value(to)))}", cancellationToken);
            call.ShowRows(results, [.. results.GetProperty("items").EnumerateArray()], ResultColumns);
        }, id, from, to);
    }

    private static ApiCommand Delete()
    {
        var id = Inputs.Id("sync");
        var deleteList = new Option<bool>("--delete-list") { Description = "Delete the list in Iterable too" };
        return new ApiCommand("delete", "Delete a sync; its list stays unless told otherwise", async (call, cancellationToken) =>
        {
            var query = Inputs.Query(("deleteList", call.Value(deleteList) ? "true" : null));
            var answer = await call.Api.CallAsync(HttpMethod.Delete, $"syncs/{call.Id(id)}{query}", default(HttpContent), cancellationToken);
            if (call.Json && answer.ValueKind != JsonValueKind.Undefined)
            {
                call.Show(answer);
            }

            call.ShowDone($"Sync {call.Id(id)} is deleted.");
        }, id, deleteList);
    }

    private static JsonObject? Guard(string text)
    {
        if (text == "off")
        {
            return null;
        }

        var parts = text.Split(',');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var percent)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var atLeast)
            ? new JsonObject { ["percent"] = percent, ["atLeast"] = atLeast }
            : throw new FailedException($"--removal-guard: '{text}' is not accepted; it takes PERCENT,ATLEAST as 50,100, or 'off'.");
    }
}
